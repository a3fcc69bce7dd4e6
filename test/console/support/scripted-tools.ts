import { HOSTILE } from './scripted-state.ts';

/** Tools with each kind of parameter. */
export const TOOLS = [
  {
    name: 'search_notes',
    description: `Searches notes by words. ${HOSTILE}`,
    annotations: { readOnlyHint: true },
    inputSchema: {
      type: 'object',
      properties: {
        query: { type: 'string', description: 'Words to look for', pattern: '^(a+)+$' },
        limit: { type: 'integer', minimum: 1, maximum: 200, default: 20 },
        sort: { type: 'string', enum: ['newest', 'oldest'] },
      },
      required: ['query'],
    },
  },
  {
    name: 'post_entry',
    description: 'Posts an entry to the ledger.',
    annotations: { destructiveHint: true },
    inputSchema: {
      type: 'object',
      properties: {
        memo: { type: 'string', maxLength: 140 },
        lines: {
          type: 'array',
          items: {
            type: 'object',
            properties: { account: { type: 'string' }, cents: { type: 'integer' } },
            required: ['account', 'cents'],
          },
        },
        tags: { type: 'array', items: { type: 'string' } },
        options: {
          type: 'object',
          properties: { dryRun: { type: 'boolean', default: true }, day: { type: 'string', format: 'date' } },
        },
        extra: { oneOf: [{ type: 'string' }, { type: 'number' }] },
      },
      required: ['memo', 'lines'],
    },
  },
  { name: 'ping', description: '', inputSchema: { type: 'object', properties: {} } },
];
