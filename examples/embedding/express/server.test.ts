import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { embeddedCaller, remote as remoteService } from '@clarity-runtime/core';
import { modernRemote } from '../../../test/support/remote-services.ts';
import { startServer } from './server.ts';

const workspace = await mkdtemp(join(tmpdir(), 'clarity-'));
const app = await startServer(workspace);
afterAll(async () => {
  await app[Symbol.asyncDispose]();
  await rm(workspace, { recursive: true, force: true });
});

const post = (path: string, body: unknown): Promise<Response> =>
  fetch(app.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

test('the application and the runtime each serve their own routes', async () => {
  expect(await (await fetch(app.url)).text()).toBe('an application with tools\n');
  expect((await fetch(`${app.url}/readyz`)).status).toBe(200);
  expect((await fetch(`${app.url}/status`)).headers.get('content-security-policy')).toContain("default-src 'none'");
  expect((await fetch(`${app.url}/api/none`)).headers.get('content-type')).toContain('application/json');
  expect((await fetch(`${app.url}/none`)).headers.get('content-type')).toContain('text/html');
  expect((await post('/api/services/apply', { manifest: {} })).status).toBe(400);
});

test('an MCP client lists the tools at /mcp, and a route of the application calls one', async () => {
  await using remote = await modernRemote();
  const { service } = await app.runtime.services.apply(embeddedCaller, remoteService(remote.url, { module: 'far' }));
  await app.runtime.services.start(embeddedCaller, service.serviceId);
  const client = new Client({ name: 'example', version: '1.0.0' });
  await client.connect(new StreamableHTTPClientTransport(new URL(`${app.url}/mcp`)));
  const { tools } = await client.listTools();
  await client.close();
  expect(tools.map(({ name }) => name)).toEqual(['far__big', 'far__echo', 'far__hang', 'far__steps']);
  const answer = await post('/run/far__echo', { text: 'hello' });
  expect([answer.status, await answer.json()]).toEqual([200, [{ type: 'text', text: 'hello' }]]);
  const none = await post('/run/nothing', {});
  expect([none.status, await none.json()]).toMatchObject([400, { code: 'TOOL_NOT_FOUND' }]);
});
