import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { RawJson, systemClock } from '../../src/index.ts';
import {
  JsonRpcConnection,
  readMessage,
  scanItems,
  silentRequest,
  SseReader,
  TOLERANCES,
  type Tolerance,
  type OutgoingRequest,
} from '../../src/protocol/index.ts';
import { ownNumber } from '../../src/protocol/tolerances.ts';

const bytes = (value: unknown): Uint8Array =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value), 'utf8');
const limits = { idleMs: 0, totalMs: 0, maxReplyBytes: 100_000 };

/** A connection that keeps what it sends, and the lines that it logs. */
function open() {
  const sent: OutgoingRequest[] = [];
  const lines: string[] = [];
  const changes: string[] = [];
  const transport = {
    request: (pending: OutgoingRequest) => {
      sent.push(pending);
      return Promise.resolve();
    },
    notify: () => undefined,
    answer: () => undefined,
    abandon: () => undefined,
  };
  const rpc = new JsonRpcConnection(transport, {
    clock: systemClock,
    client: { name: 'test', version: '1' },
    clientCapabilities: {},
    redact: (text) => text,
    onListChanged: (list) => changes.push(list),
    onNotification: () => undefined,
    onLog: (line) => lines.push(line),
  });
  const ask = (method: string, params = new Map<string, RawJson>()) =>
    rpc.request({ method, params }, silentRequest(new AbortController().signal, limits));
  return { rpc, sent, lines, changes, ask };
}

test('byte-order-mark: a mark before a message or an event stream is skipped, from both sides', () => {
  const mark = '\ufeff';
  const message = `${mark}{"jsonrpc":"2.0","id":1,"method":"ping"}`;
  expect(readMessage(bytes(message), 'client')).toMatchObject({ kind: 'request', request: { id: '1' } });
  expect(readMessage(bytes(`${mark}{"jsonrpc":"2.0","id":1,"result":{}}`), 'server')).toMatchObject({ kind: 'reply' });
  expect(scanItems(bytes(`${mark}[1, 2]`), 2)).toHaveLength(2);
  expect(readMessage(bytes(`${mark}${mark}{}`), 'client')).toMatchObject({ kind: 'invalid' });
  expect(readMessage(bytes(`{}${mark}`), 'client')).toMatchObject({ kind: 'invalid' });
  const events: string[] = [];
  const reader = new SseReader(1_000, ({ data }) => events.push(Buffer.from(data).toString()));
  reader.push(bytes(`${mark}data: x\n\n`));
  expect(events).toEqual(['x']);
});

test.each(['null', '[]', '[ ]', '[\n]'])('Q10 null-params: params of %s count as absent, from both sides', (params) => {
  for (const sender of ['client', 'server'] as const) {
    const told = readMessage(bytes(`{"jsonrpc":"2.0","method":"notifications/x","params":${params}}`), sender);
    expect(told).toEqual({ kind: 'notification', notification: { method: 'notifications/x', params: new Map() } });
    const asked = readMessage(bytes(`{"jsonrpc":"2.0","id":1,"method":"ping","params":${params}}`), sender);
    expect(asked).toMatchObject({ kind: 'request' });
  }
  const { rpc, changes } = open();
  rpc.receive(bytes(`{"jsonrpc":"2.0","method":"notifications/tools/list_changed","params":${params}}`));
  expect(changes).toEqual(['tools']);
});

test.each(['[1]', '[[]]', '"x"', '7', 'true', '[null]'])('null-params: params of %s are refused by name', (params) => {
  const told = readMessage(bytes(`{"jsonrpc":"2.0","id":1,"method":"x","params":${params}}`), 'client');
  expect(told).toMatchObject({ kind: 'invalid', reason: 'params must be an object' });
});

test('Q09 null-outcome: null beside a result or an error counts as absent, from both sides', () => {
  for (const sender of ['client', 'server'] as const) {
    const done = readMessage(bytes('{"jsonrpc":"2.0","id":1,"result":{"a":1},"error":null}'), sender);
    expect(done).toMatchObject({ kind: 'reply', reply: { result: { text: '{"a":1}' } } });
    const failed = readMessage(
      bytes('{"jsonrpc":"2.0","id":1,"result":null,"error":{"code":1,"message":"m"}}'),
      sender,
    );
    expect(failed).toMatchObject({ kind: 'reply', reply: { error: { code: 1, message: 'm' } } });
  }
  const both = readMessage(bytes('{"jsonrpc":"2.0","id":1,"result":{},"error":{"code":1,"message":"m"}}'), 'server');
  expect(both).toMatchObject({ kind: 'invalid', reason: 'both result and error' });
});

test('Q09 array-of-messages: a reply in an array of one is read, and several messages are read in order', async () => {
  const { rpc, ask, changes, lines } = open();
  const one = ask('tools/list');
  rpc.receive(bytes([{ jsonrpc: '2.0', id: 1, result: { a: 1 } }]));
  expect(await one).toMatchObject({ result: { text: '{"a":1}' } });
  const two = ask('tools/list');
  const changed = { jsonrpc: '2.0', method: 'notifications/prompts/list_changed' };
  rpc.receive(bytes([changed, { jsonrpc: '2.0', id: 2, result: {} }]), 2);
  expect(await two).toHaveProperty('result');
  expect(changes).toEqual(['prompts']);
  rpc.receive(bytes([]));
  rpc.receive(bytes(Array.from({ length: 101 }, () => changed)));
  rpc.receive(bytes([[changed], changed]));
  expect(lines.join()).toMatch(/empty array of messages.*more than 100 messages/);
});

test('Q12 id-as-text: replies and progress with the number as text reach their request', async () => {
  const { rpc, ask } = open();
  const within = ask('tools/list');
  rpc.receive(bytes({ jsonrpc: '2.0', id: '1', result: {} }), 1);
  expect(await within).toHaveProperty('result');
  const alone = ask('tools/list');
  rpc.receive(bytes('{"jsonrpc":"2.0","id":"\\u0032","result":{}}'));
  expect(await alone).toHaveProperty('result');
  const heard: unknown[] = [];
  const meta = new Map([['_meta', RawJson.of({ progressToken: 'mine' })]]);
  const options = silentRequest(new AbortController().signal, limits);
  const slow = rpc.request(
    { method: 'tools/call', params: meta },
    { ...options, onNotification: ({ params }) => heard.push(params.get('progressToken')?.value) },
  );
  rpc.receive(bytes({ jsonrpc: '2.0', method: 'notifications/progress', params: { progressToken: '3', progress: 1 } }));
  rpc.receive(bytes({ jsonrpc: '2.0', id: 3.0, result: {} }));
  await slow;
  expect(heard).toEqual(['mine']);
});

test('Q12 id-as-text: a reply with an id that was never sent is logged once with the id', () => {
  const { rpc, lines } = open();
  for (const id of ['abc', 77, '77']) rpc.receive(bytes({ jsonrpc: '2.0', id, result: {} }));
  expect(lines).toEqual(['The service sent a reply with the id "abc", which no request has']);
});

test('T-546 Q12 a reply in the response to another request is refused with both ids', async () => {
  const { rpc, ask } = open();
  const asked = ask('tools/list');
  rpc.receive(bytes({ jsonrpc: '2.0', id: 424_242, result: {} }), 1);
  await expect(asked).rejects.toMatchObject({ message: expect.stringMatching(/id 424242 is not .* 1$/) });
});

test('error-without-id: an error without id in the response to a request is its reply', async () => {
  for (const id of ['"id":null,', '']) {
    const { rpc, ask } = open();
    const asked = ask('tools/list');
    rpc.receive(bytes(`{"jsonrpc":"2.0",${id}"error":{"code":-32000,"message":"no"}}`), 1);
    expect(await asked).toEqual({ error: { code: -32000, message: 'no' } });
  }
});

test.each(['[]', 'null', 'true', '"pong"', '7'])(
  'Q11 empty-result: ping with the result %s means alive',
  async (result) => {
    for (const method of ['ping', 'resources/subscribe', 'logging/setLevel']) {
      const { rpc, ask } = open();
      const asked = ask(method);
      rpc.receive(bytes(`{"jsonrpc":"2.0","id":1,"result":${result}}`));
      expect(await asked).toMatchObject({ result: { text: '{}' } });
    }
    const { rpc, ask } = open();
    const asked = ask('tools/call');
    rpc.receive(bytes(`{"jsonrpc":"2.0","id":1,"result":${result}}`));
    await expect(asked).rejects.toMatchObject({ message: expect.stringContaining('result must be an object') });
  },
);

test('Q11 empty-result: a malformed response to ping fails it', async () => {
  const { rpc, ask } = open();
  const asked = ask('ping');
  rpc.receive(bytes('{"jsonrpc":"2.0","id":1,"result":{},"result":[]}'), 1);
  await expect(asked).rejects.toMatchObject({ code: 'UPSTREAM_PROTOCOL' });
});

test('ownNumber reads the numbers of this side, and no other text', () => {
  fc.assert(
    fc.property(fc.nat(), (id) => {
      expect([ownNumber(String(id)), ownNumber(JSON.stringify(String(id)))]).toEqual([id, id]);
    }),
    { numRuns: 100 },
  );
  for (const text of [
    'null',
    '"x"',
    '-1',
    '1e3',
    '"1 "',
    '"0x1"',
    '1.5',
    '{}',
    '99999999999999999',
    `"${'1'.repeat(99)}"`,
  ])
    expect([text, ownNumber(text)]).toEqual([text, undefined]);
});

test('each tolerance has a source and a direction', () => {
  for (const [id, { accepts, source, from }] of Object.entries<Tolerance>(TOLERANCES)) {
    expect([id, accepts === '', source === '', from.length === 0]).toEqual([id, false, false, false]);
  }
});
