import { expect, test } from '@jest/globals';
import { answer, startBridge, type Posted } from '../support/bridge.ts';

const VERSION = 'io.modelcontextprotocol/protocolVersion';
const modern = { _meta: { [VERSION]: '2026-07-28', 'io.modelcontextprotocol/clientCapabilities': {} } };
const result = (posted: Posted, value: object = {}, headers: Record<string, string> = {}): void => {
  answer(posted, { jsonrpc: '2.0', id: posted.message.id, result: value }, headers);
};
const stream = ({ res }: Posted, ...messages: object[]): void => {
  res.writeHead(200, { 'content-type': 'text/event-stream' });
  for (const message of messages) res.write(`data: ${JSON.stringify({ jsonrpc: '2.0', ...message })}\n\n`);
};

test('the bridge runs requests concurrently', async () => {
  const held: Posted[] = [];
  await using bridge = await startBridge({
    daemon: (posted) => {
      if (posted.message.method === 'slow') held.push(posted);
      else result(posted);
    },
  });
  bridge.say({ jsonrpc: '2.0', id: 1, method: 'slow' });
  bridge.say({ jsonrpc: '2.0', id: 'two', method: 'ping' });
  expect(await bridge.next()).toEqual({ jsonrpc: '2.0', id: 'two', result: {} });
  for (const posted of held) result(posted, { late: true });
  expect(await bridge.next()).toMatchObject({ id: 1, result: { late: true } });
});

test('the bridge writes progress before the result, in separate writes', async () => {
  await using bridge = await startBridge({
    daemon: (posted) => {
      const notices = [1, 2].map((progress) => ({ method: 'notifications/progress', params: { progress } }));
      stream(posted, ...notices, { id: posted.message.id, result: { done: true } });
      posted.res.end();
    },
  });
  bridge.say({ jsonrpc: '2.0', id: 5, method: 'tools/call', params: { name: 'x' } });
  for (const progress of [1, 2]) expect(await bridge.next()).toMatchObject({ params: { progress } });
  expect(await bridge.next()).toMatchObject({ id: 5, result: { done: true } });
  expect(bridge.writes).toHaveLength(3);
});

test('the bridge passes integers above 2^53 unchanged in both directions', async () => {
  const seen: string[] = [];
  await using bridge = await startBridge({
    daemon: ({ res, message }) => {
      seen.push(JSON.stringify(message.params));
      res
        .writeHead(200, { 'content-type': 'application/json' })
        .end('{"jsonrpc":"2.0",\n"id":1,"result":{"n":9007199254740993}}');
    },
  });
  bridge.input.write('{"jsonrpc":"2.0","id":1,"method":"x","params":{"n":9007199254740993}}\r\n');
  await bridge.next();
  expect(bridge.writes).toEqual(['{"jsonrpc":"2.0", "id":1,"result":{"n":9007199254740993}}\n']);
});

test('the bridge sends revision, method, name and annotated arguments of a modern request in headers', async () => {
  const headers: Posted['req']['headers'][] = [];
  const inputSchema = { properties: { region: { type: 'string', 'x-mcp-header': 'Region' }, other: {} } };
  await using bridge = await startBridge({
    daemon: (posted) => {
      headers.push(posted.req.headers);
      result(posted, posted.message.method === 'tools/list' ? { tools: [{ name: 'häuser', inputSchema }] } : {});
    },
  });
  bridge.say({ jsonrpc: '2.0', id: 1, method: 'tools/list', params: modern });
  await bridge.next();
  const args = { region: 'eu', other: 1 };
  bridge.say({ jsonrpc: '2.0', id: 2, method: 'tools/call', params: { ...modern, name: 'häuser', arguments: args } });
  await bridge.next();
  expect(headers[1]).toMatchObject({
    'mcp-protocol-version': '2026-07-28',
    'mcp-method': 'tools/call',
    'mcp-name': `=?base64?${Buffer.from('häuser').toString('base64')}?=`,
    'mcp-param-region': 'eu',
  });
  expect(headers[1]).not.toHaveProperty('mcp-param-other');
});

test('the bridge keeps session, notification stream and server requests of a legacy client', async () => {
  const answers: unknown[] = [];
  const ends: string[] = [];
  await using bridge = await startBridge({
    daemon: (posted) => {
      const { message, req, res } = posted;
      if (message.method === 'initialize') {
        result(posted, { protocolVersion: '2025-11-25' }, { 'mcp-session-id': 's1' });
        return;
      }
      expect(req.headers).toMatchObject({ 'mcp-session-id': 's1', 'mcp-protocol-version': '2025-11-25' });
      if (message.result !== undefined) answers.push(message);
      res.writeHead(202).end();
    },
    get: (req, res) => {
      if (req.method === 'DELETE') ends.push(String(req.headers['mcp-session-id']));
      if (req.method === 'DELETE') res.end();
      else stream({ res } as Posted, { method: 'notifications/tools/list_changed' }, { id: 'q', method: 'roots/list' });
    },
  });
  bridge.say({ jsonrpc: '2.0', id: 0, method: 'initialize', params: { protocolVersion: '2025-11-25' } });
  await bridge.next();
  bridge.say({ jsonrpc: '2.0', method: 'notifications/initialized' });
  expect(await bridge.next()).toMatchObject({ method: 'notifications/tools/list_changed' });
  expect(await bridge.next()).toMatchObject({ id: 'q', method: 'roots/list' });
  bridge.say({ jsonrpc: '2.0', id: 'q', result: { roots: [] } });
  bridge.input.end();
  await bridge.ended;
  expect(answers).toEqual([{ jsonrpc: '2.0', id: 'q', result: { roots: [] } }]);
  expect(ends).toEqual(['s1']);
});

test('the bridge opens a new session after a 404, and repeats the request', async () => {
  let sessions = 0;
  await using bridge = await startBridge({
    daemon: (posted) => {
      const { message, req, res } = posted;
      if (message.method === 'initialize') {
        sessions += 1;
        result(posted, { protocolVersion: '2025-11-25' }, { 'mcp-session-id': `s${String(sessions)}` });
      } else if (message.id === undefined) res.writeHead(202).end();
      else if (req.headers['mcp-session-id'] === 's1') answer(posted, {}, {}, 404);
      else result(posted, { by: req.headers['mcp-session-id'] });
    },
  });
  bridge.say({ jsonrpc: '2.0', id: 0, method: 'initialize', params: { protocolVersion: '2025-11-25' } });
  await bridge.next();
  bridge.say({ jsonrpc: '2.0', id: 1, method: 'ping' });
  expect(await bridge.next()).toMatchObject({ id: 1, result: { by: 's2' } });
});

test('a cancelled request closes its connection to the daemon and gets no reply', async () => {
  let hungUp: (() => void) | undefined;
  const gone = new Promise<void>((resolve) => (hungUp = resolve));
  let begun: (() => void) | undefined;
  const running = new Promise<void>((resolve) => (begun = resolve));
  await using bridge = await startBridge({
    daemon: (posted) => {
      if (posted.message.method !== 'slow') {
        result(posted);
        return;
      }
      posted.res.once('close', () => hungUp?.());
      begun?.();
    },
  });
  bridge.say({ jsonrpc: '2.0', id: 1, method: 'slow', params: modern });
  await running;
  bridge.say({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1 } });
  await gone;
  bridge.say({ jsonrpc: '2.0', id: 2, method: 'ping' });
  expect(await bridge.next()).toMatchObject({ id: 2 });
});

test('Q13 byte-order-mark: the bridge reads a first line with a mark, and sends it on', async () => {
  const seen: unknown[] = [];
  await using bridge = await startBridge({
    daemon: (posted) => {
      seen.push(posted.message.method);
      result(posted);
    },
  });
  bridge.input.write(`\ufeff${JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping' })}\n`);
  expect(await bridge.next()).toEqual({ jsonrpc: '2.0', id: 1, result: {} });
  bridge.input.write(`\ufeff${JSON.stringify({ jsonrpc: '2.0', id: 2, method: 'tools/list' })}\n`);
  expect(await bridge.next()).toMatchObject({ id: 2 });
  expect(seen).toEqual(['ping', 'tools/list']);
});
