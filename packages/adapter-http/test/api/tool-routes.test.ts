import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { ClarityError, embeddedCaller, grantOf, RawJson } from '@clarity-runtime/core';
import { startDaemon, type Daemon } from '../support/daemon.ts';
import { post } from '../support/http-client.ts';
import { until } from '../support/until.ts';

const BIG = '9007199254740993';
let daemon: Daemon;
let id: string;

beforeEach(async () => {
  daemon = await startDaemon();
  id = await daemon.register('calc');
  await daemon.runtime.services.start(embeddedCaller, id);
});

afterEach(() => daemon[Symbol.asyncDispose]());

const send = (body: string, init: RequestInit = {}): Promise<Response> =>
  fetch(`${daemon.url}/api/tools/call`, {
    method: 'POST',
    body,
    ...init,
    headers: { 'content-type': 'application/json', ...(init.headers as Record<string, string> | undefined) },
  });

test('arguments and result keep every digit', async () => {
  daemon.connector.answer = (request) => {
    expect(request.params.get('arguments')?.text).toBe(`{"n": ${BIG}, "x": 1.0}`);
    return Promise.resolve({ result: RawJson.fromText(`{"content":[],"structuredContent":{"n":${BIG}}}`) });
  };
  const response = await send(`{"service":"calc","tool":"add","arguments":{"n": ${BIG}, "x": 1.0}}`);
  const text = await response.text();
  expect(response.status).toBe(200);
  expect(text).toContain(`"result":{"content":[],"structuredContent":{"n":${BIG}}}}`);
  expect(JSON.parse(text)).toMatchObject({ outcome: 'ok', bytes: 57 });
});

test('a tool error, a denied call and a failed service are outcomes with code and hint', async () => {
  const call = { service: id, tool: 'add', arguments: {} };
  daemon.connector.answer = () =>
    Promise.resolve({ result: RawJson.of({ content: [{ type: 'text', text: 'no' }], isError: true }), isError: true });
  const failed = (await post(daemon, '/api/tools/call', call)).body;
  expect(failed).toMatchObject({ outcome: 'tool_error', result: { isError: true } });
  expect(failed['error']).toBeUndefined();
  daemon.connector.answer = () => Promise.reject(new ClarityError('UPSTREAM_LOST', 'it ended'));
  expect((await post(daemon, '/api/tools/call', call)).body).toMatchObject({
    outcome: 'error',
    error: { code: 'UPSTREAM_LOST', hint: expect.any(String) as unknown },
  });
  await daemon.runtime.policies.apply(embeddedCaller, {
    apiVersion: 'clarity.runtime/v1',
    kind: 'Policy',
    metadata: { name: 'default' },
    spec: { denyTools: ['add'] },
  });
  expect((await post(daemon, '/api/tools/call', call)).body).toMatchObject({
    outcome: 'denied',
    error: { code: 'TOOL_BLOCKED' },
  });
  expect((await daemon.audited()).filter(({ kind }) => kind === 'service.tool_called')).toHaveLength(3);
});

test.each([
  ['an unknown service', { service: 'none', tool: 'add' }, 404, 'SERVICE_NOT_FOUND'],
  ['an unknown tool', { service: 'calc', tool: 'none' }, 404, 'TOOL_NOT_FOUND'],
  ['arguments that are a list', { service: 'calc', tool: 'add', arguments: [] }, 400, 'REQUEST_INVALID'],
])('%s is refused', async (_case, json, status, code) => {
  expect(await post(daemon, '/api/tools/call', json)).toMatchObject({ status, body: { code } });
});

test('T-562 a caller calls only the tools that its grants name', async () => {
  const token = 'correct-horse-battery-staple';
  await using guarded = await startDaemon({ token });
  await guarded.runtime.services.start(embeddedCaller, await guarded.register('calc'));
  const grants = [{ ...grantOf('read', 'call'), tools: ['sub'] }];
  const created = await guarded.runtime.tokens.create(embeddedCaller, { name: 'narrow', grants, doors: ['http'] });
  const response = await fetch(`${guarded.url}/api/tools/call`, {
    method: 'POST',
    body: '{"service":"calc","tool":"add"}',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${created.token}` },
  });
  expect(response.status).toBe(404);
  expect(guarded.connector.calls).toEqual([]);
});

test('the end of the connection cancels the call', async () => {
  let isAborted = false;
  daemon.connector.answer = (_request, { signal }) =>
    new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => {
        isAborted = true;
        reject(new ClarityError('CALL_CANCELLED', ''));
      });
    });
  const stop = new AbortController();
  const asked = send('{"service":"calc","tool":"add"}', { signal: stop.signal });
  await until(() => daemon.connector.calls.length === 1);
  stop.abort();
  await expect(asked).rejects.toThrow();
  await until(() => isAborted);
});

test('progress of the service is an event before the outcome', async () => {
  daemon.connector.answer = (request, exchange) => {
    const { progressToken } = request.params.get('_meta')?.value as { progressToken: unknown };
    const params = new Map(
      Object.entries({ progressToken, progress: 1, total: 2, message: 'half\u001b[31m' }).map(([name, value]) => [
        name,
        RawJson.of(value),
      ]),
    );
    exchange.onNotification({ method: 'notifications/progress', params });
    return Promise.resolve({ result: RawJson.of({ content: [] }) });
  };
  const response = await send('{"service":"calc","tool":"add"}', { headers: { accept: 'text/event-stream' } });
  const text = await response.text();
  expect(text).toMatch(/^event: progress\ndata: \{"progress":1,"total":2,"message":"half/);
  expect(text).not.toContain('\u001b');
  expect(text).toMatch(/\nevent: result\ndata: \{"outcome":"ok".*\n\n$/);
  const refused = await send('{"service":"calc","tool":"x"}', { headers: { accept: 'text/event-stream' } });
  expect(await refused.text()).toContain('"code":"TOOL_NOT_FOUND"');
});
