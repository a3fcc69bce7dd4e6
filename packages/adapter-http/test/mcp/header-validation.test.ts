import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { embeddedCaller } from '@clarity-runtime/core';
import { startDaemon, type Daemon } from '../support/daemon.ts';
import { FakeConnector } from '../support/fake-connector.ts';
import { legacy, MODERN, modern, postMcp, postModern } from '../support/mcp-client.ts';

let daemon: Daemon;
let invalid: Daemon;

const properties = {
  region: { type: 'string', 'x-mcp-header': 'Region' },
  level: { type: 'integer', 'x-mcp-header': 'Level' },
  plain: { type: 'string' },
  options: { type: 'object', properties: { tenant: { type: 'string', 'x-mcp-header': 'Tenant' } } },
};

async function daemonWith(more: object): Promise<Daemon> {
  const connector = new FakeConnector();
  connector.tool = { name: 'add', inputSchema: { type: 'object', properties: { ...properties, ...more } } };
  const started = await startDaemon({ connector });
  await started.runtime.services.start(embeddedCaller, await started.register('calc'));
  return started;
}

beforeAll(async () => {
  daemon = await daemonWith({});
  invalid = await daemonWith({ bad: { type: 'string', 'x-mcp-header': 'not a token' } });
});

afterAll(async () => {
  await daemon[Symbol.asyncDispose]();
  await invalid[Symbol.asyncDispose]();
});

const call = (args: unknown, headers: Record<string, string>, to = daemon) =>
  postModern(to, modern('tools/call', { name: 'calc__add', arguments: args }), { headers });
const base64 = (text: string): string => `=?base64?${Buffer.from(text).toString('base64')}?=`;

test.each<[object, Record<string, string>]>([
  [{}, {}],
  [{ region: null, plain: 'x', options: {} }, {}],
  [
    { region: 'eu', level: 7 },
    { 'mcp-param-region': 'eu', 'mcp-param-level': '7' },
  ],
  [{ level: 7 }, { 'mcp-param-level': '7.0' }],
  [{ region: 'Zürich ' }, { 'mcp-param-region': base64('Zürich ') }],
  [{ options: { tenant: 'a' } }, { 'mcp-param-tenant': 'a' }],
  [{}, { 'mcp-param-other': 'x' }],
])('tools/call with the arguments %j accepts the headers %j', async (args, headers) => {
  expect((await call(args, headers)).message?.result).toMatchObject({ content: [] });
});

test.each<[object, Record<string, string>]>([
  [{ region: 'eu' }, {}],
  [{ region: 'eu' }, { 'mcp-param-region': 'us' }],
  [{ region: 'eu' }, { 'mcp-param-region': 'EU' }],
  [{}, { 'mcp-param-region': 'eu' }],
  [{ region: null }, { 'mcp-param-region': 'null' }],
  [{ level: 7 }, { 'mcp-param-level': '8' }],
  [{ region: 'x' }, { 'mcp-param-region': '=?base64?%%%?=' }],
  [{ options: { tenant: 'a' } }, {}],
  [{ options: { tenant: 'a' } }, { 'mcp-param-tenant': 'b' }],
  [{ tenant: 'a' }, { 'mcp-param-tenant': 'a' }],
])('tools/call with the arguments %j rejects the headers %j with 400 and -32020', async (args, headers) => {
  daemon.connector.calls.length = 0;
  const { status, message } = await call(args, headers);
  expect([status, message?.error?.code]).toEqual([400, -32020]);
  expect(daemon.connector.calls).toEqual([]);
});

test('tools/call rejects arguments with a duplicate member with 400 and -32020', async () => {
  daemon.connector.calls.length = 0;
  const body = JSON.stringify(modern('tools/call', { name: 'calc__add', arguments: { region: 'eu', plain: 'us' } }));
  const headers = { 'mcp-protocol-version': MODERN, 'mcp-method': 'tools/call', 'mcp-name': 'calc__add' };
  const { status, message } = await postMcp(daemon, body.replace('"plain"', '"region"'), {
    headers: { ...headers, 'mcp-param-region': 'eu' },
  });
  expect([status, message?.error?.code]).toEqual([400, -32020]);
  expect(daemon.connector.calls).toEqual([]);
});

test('tools/call checks no parameter header when one annotation of the tool is invalid', async () => {
  for (const headers of [{}, { 'mcp-param-region': 'us' }]) {
    expect((await call({ region: 'eu' }, headers, invalid)).message?.result).toMatchObject({ content: [] });
  }
});

test('tools/call of a legacy client needs no parameter header', async () => {
  const { message } = await postMcp(daemon, legacy('tools/call', { name: 'calc__add', arguments: { region: 'eu' } }));
  expect(message?.result).toMatchObject({ content: [] });
});
