import { setTimeout as delay } from 'node:timers/promises';
import { PNG, text, tool, WAV, type Fixture } from './fixture.ts';

const embedded = {
  uri: 'test://embedded-resource',
  mimeType: 'text/plain',
  text: 'This is an embedded resource content.',
};
const mixed = {
  uri: 'test://mixed-content-resource',
  mimeType: 'application/json',
  text: JSON.stringify({ test: 'data', value: 123 }),
};

const SCHEMA_2020_12 = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  $defs: {
    address: {
      $anchor: 'addressDef',
      type: 'object',
      properties: { street: { type: 'string' }, city: { type: 'string' } },
    },
  },
  properties: {
    name: { type: 'string' },
    address: { $ref: '#/$defs/address' },
    contactMethod: { type: 'string', enum: ['phone', 'email'] },
    phone: { type: 'string' },
    email: { type: 'string' },
  },
  allOf: [{ anyOf: [{ required: ['phone'] }, { required: ['email'] }] }],
  if: { properties: { contactMethod: { const: 'phone' } }, required: ['contactMethod'] },
  then: { required: ['phone'] },
  else: { required: ['email'] },
  additionalProperties: false,
};

/** Tools of the official suite that send no request to the client. */
export const plainTools: readonly Fixture[] = [
  tool('test_simple_text', () => text('This is a simple text response for testing.')),
  tool('test_image_content', () => ({ content: [{ type: 'image', data: PNG, mimeType: 'image/png' }] })),
  tool('test_audio_content', () => ({ content: [{ type: 'audio', data: WAV, mimeType: 'audio/wav' }] })),
  tool('test_embedded_resource', () => ({ content: [{ type: 'resource', resource: embedded }] })),
  tool('test_multiple_content_types', () => ({
    content: [
      { type: 'text', text: 'Multiple content types test:' },
      { type: 'image', data: PNG, mimeType: 'image/png' },
      { type: 'resource', resource: mixed },
    ],
  })),
  tool('test_tool_with_logging', async (_, { log }) => {
    await log('Tool execution started');
    await delay(50);
    await log('Tool processing data');
    await delay(50);
    await log('Tool execution completed');
    return text('Tool with logging executed successfully');
  }),
  tool('test_error_handling', () => {
    throw new Error('This tool intentionally returns an error for testing');
  }),
  tool('test_tool_with_progress', async (_, { progressToken, notify }) => {
    for (const progress of [0, 50, 100]) {
      const message = `Completed step ${String(progress)} of 100`;
      if (progressToken !== undefined)
        await notify('notifications/progress', { progressToken, progress, total: 100, message });
      if (progress < 100) await delay(50);
    }
    return text(String(progressToken ?? 'no token'));
  }),
  tool('test_reconnection', async (_, { closeStream }) => {
    closeStream();
    await delay(100);
    return text('Reconnection test completed successfully.');
  }),
  tool('json_schema_2020_12_tool', (args) => text(JSON.stringify(args)), { inputSchema: SCHEMA_2020_12 }),
  tool('test_x_mcp_header', ({ region }) => text(`region=${JSON.stringify(region)}`), {
    inputSchema: {
      type: 'object',
      properties: { region: { type: 'string', 'x-mcp-header': 'Region' }, level: { type: 'integer' } },
    },
  }),
  tool('test_streaming_elicitation', () => text('only result frames')),
  tool('test_logging_tool', async (_, { log }) => {
    await log('test_logging_tool ran');
    return text('logged');
  }),
  tool('test_trigger_tool_change', (_, { changed }) => {
    changed('tools');
    return text('tools changed');
  }),
  tool('test_trigger_prompt_change', (_, { changed }) => {
    changed('prompts');
    return text('prompts changed');
  }),
];
