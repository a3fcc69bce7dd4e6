import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { StreamableHTTPClientTransport as HttpV2 } from '@modelcontextprotocol/client';
import { StdioClientTransport as StdioV2 } from '@modelcontextprotocol/client/stdio';
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport as StdioV1 } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport as HttpV1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { ListRootsRequestSchema, LoggingMessageNotificationSchema } from '@modelcontextprotocol/sdk/types.js';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { bridgeTo } from '../support/bridge.ts';
import { startClarityd, type Clarityd } from '../support/clarityd.ts';
import { askableV1, askableV2, me, rooted, wholeV1, wholeV2, type Whole } from '../support/whole-clients.ts';
import { temporaryWorkspace, type Workspace } from '../support/workspace.ts';

const { resolve } = createRequire(import.meta.url);
const SERVER = join(dirname(resolve('@modelcontextprotocol/server-everything/package.json')), 'dist/index.js');

/** Capability-gated tools of the server, without those for tasks. */
const ASKING = [
  'get-roots-list',
  'trigger-elicitation-request',
  'trigger-sampling-request',
  'trigger-url-elicitation',
].map((name) => `all__${name}`);

let workspace: Workspace;
let daemon: Clarityd;

beforeAll(async () => {
  workspace = await temporaryWorkspace();
  daemon = await startClarityd({ cwd: workspace.path });
  await daemon.json('add-process', 'all', '--', process.execPath, SERVER, 'stdio');
});

afterAll(async () => {
  await daemon[Symbol.asyncDispose]();
  await workspace[Symbol.asyncDispose]();
});

const endpoint = (): URL => new URL(`${daemon.url}/mcp`);
const http = (): HttpV1 => new HttpV1(endpoint());
const bridge = () => bridgeTo(daemon, workspace.path);

test.each<[string, () => Promise<Whole>]>([
  ['SDK v1 over HTTP', () => wholeV1(http())],
  ['SDK v2 over HTTP', () => wholeV2(new HttpV2(endpoint()))],
  ['SDK v1 over the bridge', () => wholeV1(new StdioV1(bridge()))],
  ['SDK v2 over the bridge', () => wholeV2(new StdioV2(bridge()))],
])('the reference server passes all calls as a child process: %s', async (_, connect) => {
  const client = await connect();
  try {
    await checkTools(client);
    await checkContents(client);
  } finally {
    await client.close();
  }
});

test.each<[string, () => Promise<Whole>]>([
  ['SDK v1 over HTTP', () => askableV1(http())],
  ['SDK v2 over HTTP', () => askableV2(new HttpV2(endpoint()))],
  ['SDK v1 over the bridge', () => askableV1(new StdioV1(bridge()))],
  ['SDK v2 over the bridge', () => askableV2(new StdioV2(bridge()))],
])('requests of the reference server reach a capable client: %s', async (_, connect) => {
  const client = await connect();
  try {
    // The first call starts the process of this client, which has the tools that ask. They are read and compared after it.
    await client.call('all__echo', { message: 'hello' });
    let names = await toolsOf(client);
    for (let tries = 0; tries < 200 && !ASKING.every((name) => names.includes(name)); tries += 1) {
      names = await toolsOf(client);
    }
    expect(names).toEqual(expect.arrayContaining(ASKING));
    const sampling = await client.call('all__trigger-sampling-request', { prompt: 'a riddle', maxTokens: 10 });
    expect(JSON.stringify(sampling)).toContain('a dry answer');
    expect(await client.call('all__trigger-elicitation-request')).toMatchObject({
      content: expect.arrayContaining([{ type: 'text', text: expect.stringContaining('- Name: Ada') }]),
    });
    const opened = await client.call('all__trigger-url-elicitation', { url: 'https://example.org/', message: 'look' });
    expect(JSON.stringify(opened)).toContain('User completed the URL elicitation flow');
    const roots = await client.call('all__get-roots-list');
    expect(JSON.stringify(roots)).toContain('file:///home/ada');
    await checkTools(client);
  } finally {
    await client.close();
  }
});

test.each<[string, () => Promise<Whole>]>([
  ['SDK v1', () => wholeV1(http())],
  ['SDK v2', () => wholeV2(new HttpV2(endpoint()))],
])('a client without capabilities does not see gated tools, and calls of them fail: %s', async (_, connect) => {
  const client = await connect();
  expect((await toolsOf(client)).filter((name) => ASKING.includes(name))).toEqual([]);
  expect(await client.call('all__get-roots-list')).toMatchObject({
    isError: true,
    content: [{ text: expect.stringContaining('sampling, elicitation or roots') }],
    _meta: { 'clarity/error': { code: 'TOOL_NOT_FOUND' } },
  });
  await client.close();
});

test('the reference server requests only the declared capability of a client', async () => {
  const client = new ClientV1(me, { capabilities: { roots: {} } });
  client.setRequestHandler(ListRootsRequestSchema, () => rooted);
  const whole = await wholeV1(http(), client);
  // The server asks for the roots after its handshake, and calls do not wait for the answer.
  let roots = '';
  for (let tries = 0; tries < 100 && !roots.includes('file:///home/ada'); tries += 1) {
    roots = JSON.stringify(await whole.call('all__get-roots-list'));
  }
  expect(roots).toContain('file:///home/ada');
  expect(await whole.call('all__trigger-sampling-request', { prompt: 'x' })).toMatchObject({
    isError: true,
    content: [{ text: expect.stringContaining('not found') }],
  });
  await whole.close();
});

test('a tool that only runs as a task gives its result to a client that does not use tasks', async () => {
  const client = await wholeV2(new HttpV2(endpoint()));
  const answer = await client.call('all__simulate-research-query', { topic: 'lighthouses' });
  expect(answer).not.toMatchObject({ isError: true });
  expect(answer).toMatchObject({ content: [{ text: expect.stringContaining('lighthouses') }] });
});

test('the interface of the reference server is equal after a refresh and a restart', async () => {
  const { items } = (await daemon.json('list')) as { items: readonly [{ serviceId: string }] };
  const offered = async (): Promise<unknown> => {
    const answer = await fetch(`${daemon.url}/api/services/${encodeURIComponent(items[0].serviceId)}/interface`);
    return { ...((await answer.json()) as object), introspectedAt: '' };
  };
  const before = await offered();
  expect(JSON.stringify(before)).toContain('trigger-sampling-request');
  for (const verb of ['introspect', 'restart']) {
    await daemon.json(verb, 'all');
    expect(await offered()).toEqual(before);
  }
});

const toolsOf = async (client: Whole): Promise<readonly string[]> =>
  (await client.listTools()).tools.map(({ name }) => name);

async function checkTools(client: Whole): Promise<void> {
  const { tools } = await client.listTools();
  const names = tools.map(({ name }) => name).filter((name) => name.startsWith('all__'));
  expect(names.length).toBeGreaterThan(12);
  expect(names).toEqual(expect.arrayContaining(['all__echo', 'all__get-sum', 'all__trigger-long-running-operation']));
  expect(await client.call('all__echo', { message: 'hello' })).toMatchObject({ content: [{ text: 'Echo: hello' }] });
  expect(await client.call('all__get-sum', { a: 2, b: 3 })).toMatchObject({
    content: [{ text: 'The sum of 2 and 3 is 5.' }],
  });
  expect(await client.call('all__get-structured-content', { location: 'New York' })).toMatchObject({
    structuredContent: { temperature: 33, conditions: 'Cloudy', humidity: 82 },
  });
  expect(await client.call('all__get-tiny-image')).toMatchObject({
    content: expect.arrayContaining([expect.objectContaining({ type: 'image', mimeType: 'image/png' })]),
  });
  expect(await client.call('all__get-annotated-message', { messageType: 'error' })).toMatchObject({
    content: [{ annotations: { priority: 1, audience: ['user', 'assistant'] } }],
  });
  const reference = { resourceType: 'Text', resourceId: 2 };
  expect(await client.call('all__get-resource-reference', reference)).toMatchObject({
    content: expect.arrayContaining([
      expect.objectContaining({ type: 'resource', resource: expect.objectContaining({ mimeType: 'text/plain' }) }),
    ]),
  });
  expect(await client.call('all__get-sum', { a: 'two' })).toMatchObject({ isError: true });
  const steps: number[] = [];
  await client.call('all__trigger-long-running-operation', { duration: 0.3, steps: 3 }, ({ progress }) => {
    steps.push(progress);
  });
  expect(steps).toEqual([1, 2, 3]);
}

async function checkContents(client: Whole): Promise<void> {
  const { resources } = await client.listResources();
  expect(resources.length).toBeGreaterThan(3);
  const uri = resources[0]?.uri ?? '';
  expect((await client.readResource({ uri })).contents).toMatchObject([{ uri }]);
  const { resourceTemplates } = await client.listResourceTemplates();
  expect(resourceTemplates.map(({ uriTemplate }) => uriTemplate)).toEqual(
    expect.arrayContaining(['demo://resource/dynamic/text/{resourceId}', 'demo://resource/dynamic/blob/{resourceId}']),
  );
  const dynamic = 'demo://resource/dynamic/blob/7';
  expect((await client.readResource({ uri: dynamic })).contents).toMatchObject([
    { uri: dynamic, blob: expect.any(String) },
  ]);
  const { prompts } = await client.listPrompts();
  expect(prompts.map(({ name }) => name)).toEqual(
    ['args', 'completable', 'resource', 'simple'].map((name) => `all__${name}-prompt`),
  );
  const prompt = await client.getPrompt({ name: 'all__args-prompt', arguments: { city: 'Bern' } });
  expect(JSON.stringify(prompt.messages)).toContain('Bern');
  const { completion } = await client.complete({
    ref: { type: 'ref/prompt', name: 'all__completable-prompt' },
    argument: { name: 'department', value: 'E' },
  });
  expect(completion.values).toEqual(['Engineering']);
}

test('log messages of the reference server reach a client that sets a level', async () => {
  const client = new ClientV1(me);
  await client.connect(http());
  const heard = new Promise<string>((resolve) => {
    client.setNotificationHandler(LoggingMessageNotificationSchema, ({ params }) => {
      resolve(String(params.data));
    });
  });
  await client.setLoggingLevel('debug');
  await client.callTool({ name: 'all__toggle-simulated-logging' });
  expect(await heard).toMatch(/message/);
  await client.callTool({ name: 'all__toggle-simulated-logging' });
  await client.close();
});
