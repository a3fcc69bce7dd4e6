import type { ServerResponse } from 'node:http';
import { expect, test } from '@jest/globals';
import { event, json, mcpUpstream, type Handle } from '../../support/mcp-upstream.ts';
import { callTool, connectTo, listener, valueOf } from '../../support/remote-service.ts';
import { until } from '../../support/until.ts';

const reply = (id: unknown): object => ({ jsonrpc: '2.0', id, result: { content: [{ type: 'text', text: 'x' }] } });
const X = { content: [{ text: 'x' }] };

/** Answers `tools/call` in a way of its own. */
const calling =
  (answer: (response: ServerResponse, id: unknown) => void): Handle =>
  ({ method, id }, response) => {
    if (method !== 'tools/call') return false;
    answer(response, id);
    return true;
  };

test.each([
  'Application/JSON',
  'application/json;',
  'application/json; charset="utf-8"',
  'application/json, application/json',
])('media-type: a reply of the type %s is read', async (type) => {
  const handle = calling((response, id) =>
    response.writeHead(200, { 'content-type': type }).end(JSON.stringify(reply(id))),
  );
  await using upstream = await mcpUpstream({ era: 'legacy', handle });
  const connection = await connectTo(upstream.url);
  expect(valueOf(await callTool(connection, 'echo'))).toMatchObject(X);
  await connection.close('done');
});

test.each(['Text/Event-Stream', 'text/event-stream;charset=UTF-8', 'text/event-stream, text/event-stream'])(
  'media-type: a reply and list changes in streams of the type %s are read',
  async (type) => {
    let notices: ServerResponse | undefined;
    const handle: Handle = ({ httpMethod, method, id }, response) => {
      if (httpMethod === 'GET') {
        notices = response;
        response.writeHead(200, { 'content-type': type }).flushHeaders();
      } else if (method === 'tools/call') response.writeHead(200, { 'content-type': type }).end(event(reply(id)));
      else return false;
      return true;
    };
    await using upstream = await mcpUpstream({ era: 'legacy', handle });
    const heard = listener();
    const connection = await connectTo(upstream.url, { events: heard });
    expect(valueOf(await callTool(connection, 'echo'))).toMatchObject(X);
    await until(() => notices !== undefined);
    notices?.write(event({ jsonrpc: '2.0', method: 'notifications/tools/list_changed' }));
    await until(() => heard.changes.includes('tools'));
    await connection.close('done');
  },
);

test.each(['ping', '""', '"keep-alive"', ' ', '7', ': beat'])(
  'stream-noise: the event %j before a reply is skipped',
  async (noise) => {
    const handle = calling((response, id) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.end(`id: 1\ndata: ${noise}\n\n${event(reply(id), '2')}`);
    });
    await using upstream = await mcpUpstream({ era: 'legacy', handle });
    const connection = await connectTo(upstream.url);
    expect(valueOf(await callTool(connection, 'echo'))).toMatchObject(X);
    await connection.close('done');
  },
);

test('T-551 stream-noise: an object that is not a message fails its call at once, although the stream stays open', async () => {
  const handle = calling((response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: {"jsonrpc":"2.0","id":\n\n');
  });
  await using upstream = await mcpUpstream({ era: 'legacy', handle });
  const connection = await connectTo(upstream.url);
  await expect(callTool(connection, 'echo')).rejects.toMatchObject({ code: 'UPSTREAM_PROTOCOL' });
  await connection.close('done');
});

test('stream-noise: events without data on the notification stream are not logged as messages', async () => {
  let notices: ServerResponse | undefined;
  const handle: Handle = ({ httpMethod }, response) => {
    if (httpMethod !== 'GET') return false;
    notices = response;
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write('id: 1\ndata:\n\ndata: beat\n\n');
    return true;
  };
  await using upstream = await mcpUpstream({ era: 'legacy', handle });
  const heard = listener();
  const connection = await connectTo(upstream.url, { events: heard });
  await until(() => notices !== undefined);
  notices?.write(event({ jsonrpc: '2.0', method: 'notifications/tools/list_changed' }));
  await until(() => heard.changes.includes('tools'));
  expect(heard.lines).toEqual([]);
  await connection.close('done');
});

test('accepted-request: replies of requests with status 202 arrive on the notification stream, each at its call', async () => {
  const waiting: unknown[] = [];
  const handle = calling((response, id) => {
    response.writeHead(202).end();
    waiting.push(id);
  });
  await using upstream = await mcpUpstream({ era: 'legacy', handle });
  const connection = await connectTo(upstream.url, { options: { limits: { noticeMs: 60_000 } } });
  await until(() => upstream.notices.size === 1);
  const calls = ['a', 'b', 'c'].map((name) => callTool(connection, name));
  await until(() => waiting.length === 3);
  for (const id of waiting.toReversed()) {
    for (const stream of upstream.notices) stream.write(event({ ...reply(id), result: { of: id } }));
  }
  const ids = (await Promise.all(calls)).map((each) => (valueOf(each) as { of: number }).of);
  expect(ids).toEqual(ids.toSorted((a, b) => a - b));
  expect(new Set(ids).size).toBe(3);
  await connection.close('done');
});

test('T-550 accepted-request: without a reply or without a stream the call fails by name', async () => {
  for (const hasStream of [true, false]) {
    const handle: Handle = (received, response, request) => {
      if (!hasStream && received.httpMethod === 'GET') return !!response.writeHead(405).end();
      return calling((own) => own.writeHead(202).end())(received, response, request);
    };
    await using upstream = await mcpUpstream({ era: 'legacy', handle });
    const connection = await connectTo(upstream.url, { options: { limits: { noticeMs: 50 } } });
    if (hasStream) await until(() => upstream.notices.size === 1);
    await expect(callTool(connection, 'echo')).rejects.toMatchObject({
      code: 'UPSTREAM_PROTOCOL',
      message: expect.stringContaining(hasStream ? 'status 202' : 'no content type'),
    });
    await connection.close('done');
  }
});

test.each([401, 403])('Q27 status %i for one call refuses this call alone, and is not repeated', async (status) => {
  let refusals = 0;
  const handle: Handle = ({ method, params, id }, response) => {
    if (method !== 'tools/call' || params['name'] !== 'secret') return false;
    refusals += 1;
    json(
      response,
      status,
      { jsonrpc: '2.0', id, error: { code: -32001, message: 'no' } },
      { 'www-authenticate': 'Bearer' },
    );
    return true;
  };
  for (const era of ['legacy', 'modern'] as const) {
    refusals = 0;
    await using upstream = await mcpUpstream({ era, handle });
    const connection = await connectTo(upstream.url);
    const [refused, served] = await Promise.allSettled([
      callTool(connection, 'secret'),
      callTool(connection, 'echo', { args: { text: 'x' } }),
    ]);
    expect(refused).toMatchObject({ reason: { code: 'UPSTREAM_UNAUTHORIZED' } });
    expect(served).toMatchObject({ status: 'fulfilled' });
    expect(refusals).toBe(1);
    expect(valueOf(await callTool(connection, 'echo', { args: { text: 'x' } }))).toMatchObject(X);
    await connection.close('done');
  }
});

test('Q27 a notification stream and notifications that want a credential leave the calls alone', async () => {
  const handle: Handle = ({ httpMethod, method }, response) => {
    const isOpen = httpMethod === 'POST' && method?.startsWith('notifications/') !== true;
    return isOpen ? false : !!response.writeHead(401, { 'www-authenticate': 'Bearer' }).end();
  };
  await using upstream = await mcpUpstream({ era: 'legacy', handle });
  const connection = await connectTo(upstream.url);
  expect(valueOf(await callTool(connection, 'echo', { args: { text: 'x' } }))).toMatchObject(X);
  await connection.close('done');
});
