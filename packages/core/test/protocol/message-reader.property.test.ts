import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { RawJson } from '@clarity-runtime/core';
import {
  encodeReply,
  encodeRequest,
  idKey,
  readMessage,
  replyBytes,
  strictMembers,
} from '@clarity-runtime/core/protocol';

const encoder = new TextEncoder();
const bytes = (text: string): Uint8Array => encoder.encode(text);
const indent = fc.constantFrom<string | number>(0, 1, '\t', ' \n ');
const anyObject = fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue({ maxDepth: 5 }));

test('strictMembers finds every member where JSON.parse finds it, in any layout', () => {
  fc.assert(
    fc.property(anyObject, indent, (value, space) => {
      const text = JSON.stringify(value, null, space);
      const found = strictMembers(bytes(text));
      const expected = JSON.parse(text) as Record<string, unknown>;
      expect(new Map([...(found ?? [])].map(([name, raw]) => [name, raw.value]))).toEqual(
        new Map(Object.entries(expected)),
      );
    }),
  );
});

test('strictMembers returns the text of each member as written, to the last digit', () => {
  const text = '{ "a" : 9007199254740993 , "b":[1.00, "]}\\"" ], "c":"\\u00e9\\\\", "d":{} }';
  const members = [...(strictMembers(bytes(text)) ?? [])];
  expect(members.map(([name, raw]) => [name, raw.text])).toEqual([
    ['a', '9007199254740993'],
    ['b', '[1.00, "]}\\"" ]'],
    ['c', '"\\u00e9\\\\"'],
    ['d', '{}'],
  ]);
});

const junk = fc.oneof(
  fc.uint8Array({ maxLength: 64 }),
  fc.jsonValue().map((value) => bytes(JSON.stringify(value))),
  fc
    .record(
      {
        jsonrpc: fc.constantFrom('2.0', '1.0', 2),
        id: fc.jsonValue(),
        method: fc.oneof(fc.string(), fc.jsonValue()),
        params: fc.oneof(anyObject, fc.jsonValue()),
        result: fc.oneof(anyObject, fc.jsonValue()),
        error: fc.jsonValue(),
      },
      { requiredKeys: [] },
    )
    .map((value) => bytes(JSON.stringify(value))),
);

test('readMessage returns a message or an invalid one for any bytes, and never throws', () => {
  fc.assert(
    fc.property(junk, fc.constantFrom('client', 'server' as const), (input, sender) => {
      const message = readMessage(input, sender);
      expect(['reply', 'request', 'notification', 'invalid']).toContain(message.kind);
      if (message.kind === 'reply' && 'result' in message.reply) {
        expect(typeof message.reply.result.value).toBe('object');
        expect(message.reply.result.value).not.toBeNull();
      }
      if (message.kind === 'invalid') expect([-32700, -32600, -32602]).toContain(message.error.code);
    }),
    { numRuns: 1_000 },
  );
});

test('readMessage reads the requests and replies that the writer writes', () => {
  const id = fc.oneof(fc.string({ maxLength: 20 }), fc.maxSafeInteger()).map((value) => JSON.stringify(value));
  fc.assert(
    fc.property(id, fc.string(), anyObject, indent, (text, method, object, space) => {
      const raw = RawJson.fromText(JSON.stringify(object, null, space));
      const params = new Map([['p', raw]]);
      const { head, body, tail } = encodeRequest(text, { method, params });
      const request = Uint8Array.from([...bytes(head), ...body, ...bytes(tail)]);
      for (const sender of ['client', 'server'] as const) {
        const read = readMessage(request, sender);
        expect(read).toMatchObject({ kind: 'request', request: { id: text, method } });
        expect(read.kind === 'request' && read.request.params.get('p')?.text).toBe(raw.text);
        const reply = readMessage(replyBytes(text, { result: raw }), sender);
        expect(reply).toMatchObject({ kind: 'reply', id: text });
        expect(reply.kind === 'reply' && 'result' in reply.reply && reply.reply.result.text).toBe(raw.text);
      }
    }),
  );
});

test('encodeReply does not copy the result', () => {
  const result = RawJson.of({ content: [] });
  expect(encodeReply('1', { result }).body).toBe(result.bytes);
});

test.each([
  ['{"jsonrpc":"2.0","id":1,"result":{},"result":{}}', -32600, 'duplicate member', undefined],
  ['{"jsonrpc":"2.0","id":1,"result":{"a":1,"a":2}}', -32600, 'duplicate member', undefined],
  ['{"jsonrpc":"2.0","id":1,"result":{},"error":{"code":1,"message":"x"}}', -32600, 'both result and error', '1'],
  ['{"jsonrpc":"2.0","id":1,"error":{"code":"E1","message":"x"}}', -32600, 'error must have', '1'],
  ['{"jsonrpc":"2.0","id":1,"error":{"code":1.5,"message":"x"}}', -32600, 'error must have', '1'],
  ['{"jsonrpc":"2.0","id":1,"error":null}', -32600, 'neither a result nor an error', '1'],
  ['{"jsonrpc":"2.0","id":1,"result":[]}', -32600, 'result must be an object', '1'],
  ['{"jsonrpc":"2.0","id":1}', -32600, 'method must be a string', '1'],
  ['{"jsonrpc":"1.0","id":1,"result":{}}', -32600, 'jsonrpc must be "2.0"', '1'],
  ['{"jsonrpc":"2.0","id":{},"method":"x"}', -32600, 'id must be a string or a number', undefined],
  ['{"jsonrpc":"2.0","id":null,"method":"x"}', -32600, 'id must be a string or a number', undefined],
  ['{"jsonrpc":"2.0","id":7,"method":7}', -32600, 'method must be a string', undefined],
  ['{"jsonrpc":"2.0","id":7,"method":"x","params":[1]}', -32602, 'params must be an object', undefined],
  ['[]', -32600, 'an empty array of messages', undefined],
  ['', -32700, 'the body is not JSON', undefined],
])('readMessage rejects %s of a server with %d: %s', (text, code, reason, id) => {
  expect(readMessage(bytes(text), 'server')).toMatchObject({
    kind: 'invalid',
    error: { code },
    reason: expect.stringContaining(reason),
    id,
  });
});

test.each([
  [
    '{"jsonrpc":"2.0","id":1,"method":"x","params":{"a":1,"a":2}}',
    -32600,
    'invalid request: duplicate member',
    undefined,
  ],
  ['{"jsonrpc":"2.0","id":7,"method":7}', -32600, 'invalid request: method must be a string', '7'],
  ['{"jsonrpc":"2.0","id":7,"method":"x","params":[1]}', -32602, 'params must be an object', '7'],
  ['{"jsonrpc":"1.0","id":"a","method":"x"}', -32600, 'invalid request: jsonrpc must be "2.0"', '"a"'],
  [
    '{"jsonrpc":"2.0","id":1.5,"method":"x"}',
    -32600,
    'invalid request: id must be a string or an integer of at most 256 bytes',
    undefined,
  ],
  [
    '{"jsonrpc":"2.0","id":null,"result":{}}',
    -32600,
    'invalid request: id must be a string or an integer of at most 256 bytes',
    undefined,
  ],
  ['{', -32700, 'parse error: the body is not JSON', undefined],
])('readMessage rejects %s of a client with %d: %s', (text, code, message, id) => {
  expect(readMessage(bytes(text), 'client')).toMatchObject({ kind: 'invalid', error: { code, message }, id });
});

test.each(['1', '1.0', '1e3', '-7', '9007199254740993', '""', '"\\u00e9"', `"${'i'.repeat(1_000)}"`])(
  'readMessage keeps the id %s of a server as written',
  (id) => {
    const request = readMessage(bytes(`{"jsonrpc":"2.0","id": ${id} ,"method":"ping"}`), 'server');
    expect(request).toMatchObject({ kind: 'request', request: { id } });
    expect(readMessage(bytes(`{"jsonrpc":"2.0","id":${id},"result":{}}`), 'server')).toMatchObject({
      kind: 'reply',
      id,
    });
  },
);

test('readMessage converts an unusable response of a client to an error', () => {
  const replyTo = (text: string) => readMessage(bytes(`{"jsonrpc":"2.0","id":1,${text}}`), 'client');
  const unusable = { kind: 'reply', id: '1', reply: { error: { code: -32603, message: 'the client gave no answer' } } };
  expect(replyTo('"result":[]')).toEqual(unusable);
  expect(replyTo('"error":{}')).toEqual(unusable);
  expect(replyTo('"error":null')).toEqual(unusable);
  expect(replyTo('"error":{"code":1,"message":"m","data":[2]}')).toMatchObject({
    reply: { error: { code: 1, message: 'm', data: [2] } },
  });
});

test('readMessage reports isError of a result of a server', () => {
  const replyOf = (result: string) => readMessage(bytes(`{"jsonrpc":"2.0","id":1,"result":${result}}`), 'server');
  expect(replyOf('{"isError":true}')).toMatchObject({ reply: { isError: true } });
  expect(replyOf('{"isError":"true"}')).not.toMatchObject({ reply: { isError: expect.anything() } });
});

test('P17 readMessage accepts 127 levels in a result and rejects 128 and invalid UTF-8', () => {
  const nested = (depth: number): Uint8Array =>
    bytes(`{"jsonrpc":"2.0","id":1,"result":${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}}`);
  expect(readMessage(nested(127), 'server').kind).toBe('reply');
  expect(readMessage(nested(128), 'server')).toMatchObject({
    kind: 'invalid',
    reason: 'nested deeper than 128 levels',
  });
  expect(readMessage(nested(50_000), 'server').kind).toBe('invalid');
  expect(readMessage(Uint8Array.of(0x22, 0xff, 0x22), 'server')).toMatchObject({ reason: 'the body is not UTF-8' });
});

test('idKey is the same for every spelling of one id, and differs between text and number', () => {
  const keyOf = (text: string): string => idKey(RawJson.fromText(text));
  expect(keyOf('"\\u0061"')).toBe(keyOf('"a"'));
  expect(keyOf('1')).not.toBe(keyOf('"1"'));
});

test('T-530 a server cannot mark an error result as a failure of the runtime, in any spelling', () => {
  const spellings = ['clarity/error', 'clarity\\/error', '\\u0063larity/error', 'clarity\\u002ferror'];
  const replyOf = (result: string) => readMessage(bytes(`{"jsonrpc":"2.0","id":1,"result":${result}}`), 'server');
  for (const name of spellings) {
    const result = `{"content":[{"n":9007199254740993}],"_meta":{"${name}":{"code":"GRANT_REQUIRED"},"own":1.0},"isError":true}`;
    const { reply } = replyOf(result) as unknown as { reply: { result: RawJson } };
    expect(reply.result.text).toBe('{"content":[{"n":9007199254740993}],"_meta":{"own":1.0},"isError":true}');
  }
  const other = '{ "_meta": {"own": 1.0}, "isError": true }';
  expect((replyOf(other) as unknown as { reply: { result: RawJson } }).reply.result.text).toBe(other);
});
