import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { embeddedCaller } from '@clarity-runtime/core';
import { startDaemon, type Daemon } from '../support/daemon.ts';
import { FakeConnector } from '../support/fake-connector.ts';
import { legacy, modern, postMcp, postModern } from '../support/mcp-client.ts';

let daemon: Daemon;

beforeAll(async () => {
  const connector = new FakeConnector();
  connector.tool = {
    name: 'add',
    inputSchema: {
      type: 'object',
      properties: {
        region: { type: 'string', 'x-mcp-header': 'Region' },
        level: { type: 'integer', 'x-mcp-header': 'Level' },
        plain: { type: 'string', 'x-mcp-header': 'not a token' },
      },
    },
  };
  daemon = await startDaemon({ connector });
  await daemon.runtime.services.start(embeddedCaller, await daemon.register('calc'));
});

afterAll(() => daemon[Symbol.asyncDispose]());

const asked = (args: object, headers: Record<string, string>) =>
  postModern(daemon, modern('tools/call', { name: 'calc__add', arguments: args }), { headers });
const base64 = (text: string): string => `=?base64?${Buffer.from(text).toString('base64')}?=`;

test.each<[object, Record<string, string>]>([
  [{}, {}],
  [{ region: null, plain: 'x' }, {}],
  [
    { region: 'eu', level: 7 },
    { 'mcp-param-region': 'eu', 'mcp-param-level': '7' },
  ],
  [{ region: 'Zürich ' }, { 'mcp-param-region': base64('Zürich ') }],
  [{}, { 'mcp-param-other': 'x' }],
])('the arguments %j are repeated by the headers %j', async (args, headers) => {
  expect((await asked(args, headers)).message?.result).toMatchObject({ content: [] });
});

test.each<[object, Record<string, string>]>([
  [{ region: 'eu' }, {}],
  [{ region: 'eu' }, { 'mcp-param-region': 'us' }],
  [{ region: 'eu' }, { 'mcp-param-region': 'EU' }],
  [{}, { 'mcp-param-region': 'eu' }],
  [{ region: null }, { 'mcp-param-region': 'null' }],
  [{ level: 7 }, { 'mcp-param-level': '7.0' }],
  [{ region: 'x' }, { 'mcp-param-region': '=?base64?%%%?=' }],
])('the arguments %j are not repeated by the headers %j', async (args, headers) => {
  daemon.connector.calls.length = 0;
  const { status, message } = await asked(args, headers);
  expect([status, message?.error?.code]).toEqual([400, -32020]);
  expect(daemon.connector.calls).toEqual([]);
});

test('a legacy client repeats nothing', async () => {
  const { message } = await postMcp(daemon, legacy('tools/call', { name: 'calc__add', arguments: { region: 'eu' } }));
  expect(message?.result).toMatchObject({ content: [] });
});
