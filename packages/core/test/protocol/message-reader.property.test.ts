import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readMessage, strictMembers } from '@clarity-runtime/core/protocol';

const encoder = new TextEncoder();
const bytes = (text: string): Uint8Array => encoder.encode(text);
const indent = fc.constantFrom<string | number>(0, 1, '\t', ' \n ');
const anyObject = fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue({ maxDepth: 5 }));

test('every member of an object is found where JSON.parse finds it, in any layout', () => {
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

test('spans are the text as it was written, to the last digit', () => {
  const text = '{ "a" : 9007199254740993 , "b":[1.00, "]}\\"" ], "c":"\\u00e9\\\\", "d":{} }';
  const members = [...(strictMembers(bytes(text)) ?? [])];
  expect(members.map(([name, raw]) => [name, raw.text])).toEqual([
    ['a', '9007199254740993'],
    ['b', '[1.00, "]}\\"" ]'],
    ['c', '"\\u00e9\\\\"'],
    ['d', '{}'],
  ]);
});

test('whatever comes in, it is a message or it is broken, and nothing is thrown', () => {
  const junk = fc.oneof(
    fc.uint8Array({ maxLength: 64 }),
    fc.jsonValue().map((value) => bytes(JSON.stringify(value))),
    fc
      .record(
        {
          jsonrpc: fc.constantFrom('2.0', '1.0', 2),
          id: fc.jsonValue(),
          method: fc.jsonValue(),
          params: fc.jsonValue(),
          result: fc.jsonValue(),
          error: fc.jsonValue(),
        },
        { requiredKeys: [] },
      )
      .map((value) => bytes(JSON.stringify(value))),
  );
  fc.assert(
    fc.property(junk, (input) => {
      const message = readMessage(input);
      if (message.kind === 'reply' && 'result' in message.reply) {
        expect(typeof message.reply.result.value).toBe('object');
        expect(message.reply.result.value).not.toBeNull();
      }
      expect(['reply', 'request', 'notification', 'broken']).toContain(message.kind);
    }),
    { numRuns: 500 },
  );
});

test.each([
  ['{"jsonrpc":"2.0","id":1,"result":{},"result":{}}', 'names a member twice'],
  ['{"jsonrpc":"2.0","id":1,"result":{"a":1,"a":2}}', 'no sound object'],
  ['{"jsonrpc":"2.0","id":1,"result":{},"error":{"code":1,"message":"x"}}', 'both'],
  ['{"jsonrpc":"2.0","id":1,"error":{"code":"1","message":"x"}}', 'its error is none'],
  ['{"jsonrpc":"2.0","id":1,"result":[]}', 'no sound object'],
  ['{"jsonrpc":"2.0","id":1}', 'neither'],
  ['{"jsonrpc":"1.0","id":1,"result":{}}', 'not JSON-RPC 2.0'],
  ['{"jsonrpc":"2.0","id":{},"method":"x"}', 'neither text nor number'],
  ['{"jsonrpc":"2.0","method":7}', 'its method is no text'],
  ['{"jsonrpc":"2.0","method":"x","params":[1]}', 'its params'],
  ['[]', 'it is no object'],
  ['', 'not JSON'],
])('%s is broken: %s', (text, why) => {
  expect(readMessage(bytes(text))).toMatchObject({ kind: 'broken', why: expect.stringContaining(why) });
});

test('P17 nesting to 127 is taken and beyond it refused; invalid UTF-8 is refused', () => {
  const nested = (depth: number): Uint8Array =>
    bytes(`{"jsonrpc":"2.0","id":1,"result":${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}}`);
  expect(readMessage(nested(127)).kind).toBe('reply');
  expect(readMessage(nested(128)).kind).toBe('broken');
  expect(readMessage(nested(50_000)).kind).toBe('broken');
  expect(readMessage(Uint8Array.of(0x22, 0xff, 0x22))).toMatchObject({ why: 'it is not JSON' });
});
