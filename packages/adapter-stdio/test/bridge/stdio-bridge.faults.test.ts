import { expect, test } from '@jest/globals';
import { answer, startBridge, type Posted } from '../support/bridge.ts';

const ping = (id: unknown): string => `{"jsonrpc":"2.0","id":${JSON.stringify(id)},"method":"ping"}`;
const pong = (posted: Posted): void => {
  answer(posted, { jsonrpc: '2.0', id: posted.message.id, result: {} });
};

test.each([
  ['a line that is not JSON', 'rubbish\n', null, -32700],
  ['two objects in one line', `${ping(1)}${ping(2)}\n`, null, -32700],
  ['invalid UTF-8', Buffer.from([0x22, 0xff, 0xfe, 0x22, 0x0a]), null, -32700],
  ['a message without jsonrpc', '{"id":3}\n', 3, -32600],
  ['a duplicate member', '{"jsonrpc":"2.0","id":3,"id":4,"method":"x"}\n', 3, -32600],
  [
    'a long line',
    `{"jsonrpc":"2.0","id":"big","method":"x","params":{"text":"${'x'.repeat(17_000_000)}"}}\n`,
    'big',
    -32600,
  ],
  [
    'a long line with its id at the end',
    `{"method":"x","params":{"id":1,"text":"${'x'.repeat(17_000_000)}"},"jsonrpc":"2.0","id":"end"}\n`,
    'end',
    -32600,
  ],
  ['a long line without an id', `{"text":"${'x'.repeat(17_000_000)}"}\n`, null, -32600],
])('T-287 M7 %s is answered with an error, and the next message is served', async (_, text, id, code) => {
  await using bridge = await startBridge({ daemon: pong });
  bridge.input.write(text);
  expect(await bridge.next()).toMatchObject({ id, error: { code } });
  bridge.input.write(`\r\n${ping('after')}\r\n`);
  expect(await bridge.next()).toMatchObject({ id: 'after', result: {} });
});

test('T-287 a line of one million bytes reaches the daemon, and the last line needs no line end', async () => {
  const lengths: number[] = [];
  await using bridge = await startBridge({
    daemon: (posted) => {
      lengths.push(JSON.stringify(posted.message).length);
      pong(posted);
    },
  });
  const line = `{"jsonrpc":"2.0","id":1,"method":"x","params":{"text":"${'x'.repeat(1_000_000)}"}}`;
  bridge.input.end(`${line}\n${ping(2)}`);
  await bridge.ended;
  expect(new Set([(await bridge.next()).id, (await bridge.next()).id])).toEqual(new Set([1, 2]));
  expect(Math.max(...lengths)).toBe(line.length);
});

test('T-287 a closed output ends the bridge, also while a request is running', async () => {
  await using bridge = await startBridge({
    daemon: () => {
      bridge.output.destroy(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
    },
  });
  bridge.input.write(`${ping(1)}\n`);
  await bridge.ended;
});

test('T-288 a request to a stopped daemon is answered with an error with its id', async () => {
  await using bridge = await startBridge({ down: true, token: 'very-secret-token' });
  for (const id of [1, 'b']) {
    bridge.input.write(`${ping(id)}\n`);
    const reply = await bridge.next();
    expect(reply).toMatchObject({ id, error: { code: -32603 } });
    expect(reply.error?.message).toContain('no daemon listens at http://127.0.0.1:');
  }
  expect(bridge.writes.join() + bridge.logged.join()).not.toContain('very-secret-token');
});

test.each([
  ['401', 401, 'application/json', '{"error":"unauthorized"}', 'CLARITYD_AUTH_TOKEN'],
  ['a page', 200, 'text/html', '<html>Hello</html>', 'is not the MCP endpoint of clarityd (status 200, text/html)'],
  ['an error page', 502, 'text/html', '<h1>Bad gateway</h1>', 'status 502'],
  [
    'a reply to another request',
    200,
    'application/json',
    '{"jsonrpc":"2.0","id":99,"result":{}}',
    'is not the MCP endpoint',
  ],
  [
    'an error of the HTTP API',
    421,
    'application/json',
    '{"error":"no very-secret-token","hint":"mend"}',
    'no [token]; mend',
  ],
  ['a stream that ends early', 200, 'text/event-stream', ': \n\n', 'ended the stream before it answered'],
])(
  'T-288 %s becomes an error with the id of the request and without the token',
  async (_, status, type, body, said) => {
    await using bridge = await startBridge({
      token: 'very-secret-token',
      daemon: ({ req, res }) => {
        expect(req.headers.authorization).toBe('Bearer very-secret-token');
        res.writeHead(status, { 'content-type': type }).end(body);
      },
    });
    bridge.input.write(`${ping('x')}\n`);
    const reply = await bridge.next();
    expect(reply).toMatchObject({ id: 'x', error: { code: -32603 } });
    expect(reply.error?.message).toContain(said);
    expect(bridge.writes.join()).not.toContain('very-secret-token');
  },
);

test('the bridge adds the id of the request to an error of the daemon without id', async () => {
  await using bridge = await startBridge({
    daemon: (posted) => {
      answer(posted, { jsonrpc: '2.0', error: { code: -32020, message: 'header mismatch' } }, {}, 400);
    },
  });
  bridge.input.write(`${ping(7)}\n`);
  expect(await bridge.next()).toEqual({ jsonrpc: '2.0', id: 7, error: { code: -32020, message: 'header mismatch' } });
});

test('the bridge rejects a running id and requests above the limit', async () => {
  const held: Posted[] = [];
  await using bridge = await startBridge({ daemon: (posted) => void held.push(posted), limits: { maxRequests: 1 } });
  bridge.input.write(`${ping(1)}\n${ping(1)}\n${ping(2)}\n`);
  expect(await bridge.next()).toMatchObject({ id: 1, error: { message: 'a request with this id is running' } });
  expect(await bridge.next()).toMatchObject({ id: 2, error: { message: 'too many requests are running' } });
});

test('the bridge aborts requests that run drainMs after the end of the input', async () => {
  await using bridge = await startBridge({ daemon: () => undefined, limits: { drainMs: 50 } });
  bridge.input.end(`${ping(1)}\n`);
  await bridge.ended;
});
