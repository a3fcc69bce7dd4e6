import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from '@jest/globals';
import { embeddedCaller } from '@clarity-runtime/core';
import { httpConnector } from '../../src/index.ts';
import { startDaemon, type Daemon } from '../support/daemon.ts';
import { legacy, postMcp } from '../support/mcp-client.ts';
import { json, mcpUpstream, type Handle } from '../support/mcp-upstream.ts';
import { remoteManifest } from '../support/remote-service.ts';

const daemonWithRemotes = (): Promise<Daemon> => startDaemon({ adapters: { connectors: [httpConnector()] } });

async function add({ runtime }: Daemon, endpoint: string, module: string): Promise<string> {
  const { metadata, ...rest } = remoteManifest(endpoint);
  const { service } = await runtime.services.apply(embeddedCaller, { ...rest, metadata: { ...metadata, module } });
  await runtime.services.start(embeddedCaller, service.serviceId).catch(() => undefined);
  return service.serviceId;
}

const listing =
  (tools: readonly unknown[]): Handle =>
  ({ method, id }, response) => {
    if (method === 'tools/list') json(response, 200, { jsonrpc: '2.0', id, result: { tools } });
    return method === 'tools/list';
  };

const call = (daemon: Daemon, name: string, args: object) =>
  postMcp(daemon, legacy('tools/call', { name, arguments: args }));

test.each(['legacy', 'modern'] as const)('U22 no header of a %s service reaches a client', async (era) => {
  await using upstream = await mcpUpstream({
    era,
    handle: (_, response) => {
      response.setHeader('set-cookie', 'session=theirs');
      response.setHeader('access-control-allow-origin', '*');
      response.setHeader('x-evil', 'yes');
      return false;
    },
  });
  await using daemon = await daemonWithRemotes();
  await add(daemon, upstream.url, 'far');
  const { status, text, headers } = await call(daemon, 'far__echo', { text: 'hello' });
  expect([status, text]).toEqual([200, expect.stringContaining('hello')]);
  expect(headers.get('content-type')).toBe('application/json');
  for (const name of ['set-cookie', 'access-control-allow-origin', 'x-evil', 'mcp-session-id'])
    expect([name, headers.get(name)]).toEqual([name, null]);
});

test('U40 a remote $ref is never fetched, and an endless schema removes only its own tool', async () => {
  let fetched = 0;
  const canary = createServer((_, response) => {
    fetched += 1;
    response.end('{}');
  });
  await new Promise<void>((resolve) => canary.listen(0, '127.0.0.1', resolve));
  const away = `http://127.0.0.1:${String((canary.address() as AddressInfo).port)}/schema.json`;
  const inputSchema = { $id: away, $schema: away, type: 'object', properties: { text: { $ref: away } } };
  const bottomless = `${'{"items":'.repeat(500)}{}${'}'.repeat(500)}`;
  await using refers = await mcpUpstream({
    era: 'legacy',
    handle: listing([{ name: 'echo', inputSchema, outputSchema: { $ref: away } }]),
  });
  await using deep = await mcpUpstream({
    era: 'legacy',
    handle: listing([{ name: 'deep', inputSchema: JSON.parse(bottomless) as unknown }]),
  });
  await using daemon = await daemonWithRemotes();
  await add(daemon, refers.url, 'refers');
  const deepId = await add(daemon, deep.url, 'deep');
  const { message } = await postMcp(daemon, legacy('tools/list'));
  // Legacy clients get output schemas of objects only (MCP 2025-11-25, Tool).
  expect(message?.result?.['tools']).toEqual([{ name: 'refers__echo', inputSchema }]);
  expect((await call(daemon, 'refers__echo', { text: 'hello' })).text).toContain('hello');
  expect(daemon.runtime.services.get(embeddedCaller, deepId).status.lifecycle).toBe('RUNNING');
  await new Promise((resolve) => canary.close(resolve));
  expect(fetched).toBe(0);
});

test('U41 a catastrophic pattern is not evaluated: the call reaches its service', async () => {
  const pattern = '^(([a-z])+.)+[A-Z]([a-z])+$';
  const text = 'a'.repeat(40);
  const inputSchema = {
    type: 'object',
    properties: { text: { type: 'string', pattern } },
    patternProperties: { [pattern]: {} },
  };
  await using upstream = await mcpUpstream({
    era: 'legacy',
    handle: listing([{ name: 'echo', inputSchema, outputSchema: inputSchema }]),
  });
  await using daemon = await daemonWithRemotes();
  await add(daemon, upstream.url, 'far');
  const { text: answer } = await call(daemon, 'far__echo', { text, [text]: text });
  expect(answer).toContain(text);
  expect(upstream.received.at(-1)?.params).toMatchObject({ arguments: { text, [text]: text } });
});
