import { Agent, request } from 'node:http';
import { expect, test } from '@jest/globals';
import { embeddedCaller } from '@clarity-runtime/core';
import { startDaemon } from '../support/daemon.ts';
import { raw } from '../support/raw-client.ts';

const json = { 'Content-Type': 'application/json', Accept: 'application/json, text/event-stream' };
const call = (name: string, args: object = {}): string =>
  JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: args } });

test('R04d T-415 without a token a process of a service gets 403 at the API and operates nothing at /mcp', async () => {
  await using daemon = await startDaemon({
    isServicePeer: () => Promise.resolve(true),
    runtimeOptions: { controlTools: true },
  });
  const send = (target: string, method = 'GET', body = '') =>
    raw(daemon.port, { method, target, headers: { Host: 'localhost', ...json }, body });
  for (const target of ['/api/status', '/api/services', '/metrics']) {
    const { status, body } = await send(target);
    expect([target, status]).toEqual([target, 403]);
    expect(JSON.parse(body)).toMatchObject({ code: 'GRANT_REQUIRED' });
  }
  expect((await send('/api/services/x/stop', 'POST', '{}')).status).toBe(403);
  const list = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} });
  expect((await send('/mcp', 'POST', list)).body).toContain('"tools"');
  const stopped = (await send('/mcp', 'POST', call('runtime__stop_service', { service_id: 'x' }))).body;
  expect(stopped).toMatch(/GRANT_REQUIRED|TOOL_NOT_FOUND|unknown tool|not found/i);
  expect((await send('/healthz')).status).toBe(200);
  const { items } = await daemon.runtime.audit.page(embeddedCaller, { limit: 50, kind: 'auth.failed' });
  expect(items[0]).toMatchObject({ message: 'Login refused: process of a service' });
});

test('R04d with a token a process of a service needs it, and its connection is not looked up', async () => {
  let asked = 0;
  const isServicePeer = (): Promise<boolean> => Promise.resolve((asked += 1) > 0);
  const token = '0123456789abcdef';
  await using daemon = await startDaemon({ isServicePeer, token });
  const send = (headers: Record<string, string>) =>
    raw(daemon.port, { method: 'GET', target: '/api/status', headers: { Host: 'localhost', ...headers } });
  expect((await send({})).status).toBe(401);
  expect((await send({ Authorization: `Bearer ${token}` })).status).toBe(200);
  expect(asked).toBe(0);
});

test('R04d a connection is looked up once', async () => {
  let asked = 0;
  const isServicePeer = (): Promise<boolean> => Promise.resolve((asked += 1) < 0);
  await using daemon = await startDaemon({ isServicePeer });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const get = (): Promise<number | undefined> =>
    new Promise((resolve) => {
      request({ port: daemon.port, path: '/api/status', agent }, (answer) => {
        answer.resume().on('end', () => {
          resolve(answer.statusCode);
        });
      }).end();
    });
  for (let at = 0; at < 5; at += 1) expect(await get()).toBe(200);
  agent.destroy();
  expect(asked).toBe(1);
});
