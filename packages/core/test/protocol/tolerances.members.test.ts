import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { RawJson } from '../../src/index.ts';
import { canBeMessage, mediaType, readInitialization, readMessage } from '../../src/protocol/index.ts';

const bytes = (text: string): Uint8Array => Buffer.from(text, 'utf8');

test.each(['notifications/tools/list_changed', 'notifications/initialized'])(
  'Q10 null-member: %s with an id of null is a notification, from both sides',
  (method) => {
    for (const sender of ['client', 'server'] as const) {
      for (const params of ['', ',"params":[]', ',"params":null', ',"params":{}']) {
        const told = readMessage(bytes(`{"jsonrpc":"2.0","id":null,"method":"${method}"${params}}`), sender);
        expect(told).toEqual({ kind: 'notification', notification: { method, params: new Map() } });
      }
      const asked = readMessage(bytes('{"jsonrpc":"2.0","id":null,"method":"ping"}'), sender);
      expect(asked).toMatchObject({ kind: 'invalid', reason: expect.stringMatching(/^id must be/) });
    }
  },
);

test('Q09 null-member: a response that writes every member is a response, from both sides', () => {
  for (const sender of ['client', 'server'] as const) {
    const every = '{"jsonrpc":"2.0","id":1,"method":null,"params":null,"error":null,"result":{"a":1}}';
    expect(readMessage(bytes(every), sender)).toMatchObject({ kind: 'reply', reply: { result: { text: '{"a":1}' } } });
    const failed =
      '{"jsonrpc":"2.0","id":1,"method":null,"result":null,"error":{"code":-32000,"message":"m","data":null}}';
    expect(readMessage(bytes(failed), sender)).toMatchObject({ kind: 'reply', reply: { error: { code: -32000 } } });
    const none = readMessage(bytes('{"jsonrpc":"2.0","id":1,"method":null}'), sender);
    expect(none).toMatchObject({ kind: 'invalid' });
  }
});

test.each(['[]', 'null', '[ ]'])(
  'Q10 Q23 empty-member: %s as arguments, metadata or cursor counts as absent, from both sides',
  (empty) => {
    for (const sender of ['client', 'server'] as const) {
      for (const member of ['arguments', '_meta', 'cursor']) {
        const text = `{"jsonrpc":"2.0","id":1,"method":"x","params":{"name":"t","${member}":${empty}}}`;
        const read = readMessage(bytes(text), sender);
        expect(read.kind === 'request' ? [...read.request.params.keys()] : read).toEqual(['name']);
      }
    }
  },
);

test('empty-member: any other value of arguments, metadata and cursor is passed on as written', () => {
  const values = fc.jsonValue().filter((value) => value !== null && !(Array.isArray(value) && value.length === 0));
  fc.assert(
    fc.property(values, fc.constantFrom('arguments', '_meta', 'cursor'), (value, member) => {
      const written = JSON.stringify(value);
      const read = readMessage(
        bytes(`{"jsonrpc":"2.0","id":1,"method":"x","params":{"${member}":${written}}}`),
        'client',
      );
      expect(read.kind === 'request' ? read.request.params.get(member)?.text : read).toBe(written);
    }),
    { numRuns: 100 },
  );
});

test.each(['"-32001"', '-32001', '-32001.0'])('code-as-text: an error with the code %s has the code -32001', (code) => {
  const read = readMessage(bytes(`{"jsonrpc":"2.0","id":1,"error":{"code":${code},"message":"m"}}`), 'server');
  expect(read).toMatchObject({ kind: 'reply', reply: { error: { code: -32001, message: 'm' } } });
});

test.each(['"E_FAIL"', '""', 'null', '1.5', 'true', '"1e3"', '" 1"', '[]'])(
  'code-as-text: an error with the code %s is refused by name',
  (code) => {
    const read = readMessage(bytes(`{"jsonrpc":"2.0","id":1,"error":{"code":${code},"message":"m"}}`), 'server');
    expect(read).toMatchObject({ kind: 'invalid', id: '1', reason: expect.stringContaining('integer code') });
  },
);

test('older-revision: the handshake reads 2024-10-07 as 2024-11-05, and no other unknown version', () => {
  const answered = (protocolVersion: unknown) =>
    readInitialization({ result: RawJson.of({ protocolVersion, capabilities: [], serverInfo: null }) });
  expect(answered('2024-10-07')).toMatchObject({ era: 'legacy', revision: '2024-11-05', capabilities: {} });
  for (const other of ['2024-10-08', '2026-07-28', '', null, 20241007, undefined])
    expect(() => answered(other)).toThrow(/not supported/);
});

test.each([
  ['application/json', 'application/json'],
  ['Application/JSON; charset=UTF-8', 'application/json'],
  ['application/json;', 'application/json'],
  ['application/json, application/json; charset=utf-8', 'application/json'],
  ['TEXT/EVENT-STREAM ;charset=utf-8', 'text/event-stream'],
  ['text/plain; a=application/json', 'text/plain'],
  ['application/json, text/html', ''],
  ['', ''],
])('media-type: %j is %j', (field, type) => {
  expect(mediaType(field)).toBe(type);
});

test('stream-noise: canBeMessage law: it is true for each object and array, whatever precedes them', () => {
  const text = fc.tuple(
    fc.constantFrom('', '\ufeff'),
    fc.stringMatching(/^[ \t\r\n]{0,4}$/),
    fc.oneof(fc.object({ maxDepth: 1 }), fc.array(fc.nat(), { maxLength: 3 })),
  );
  fc.assert(
    fc.property(text, ([mark, space, value]) => canBeMessage(bytes(`${mark}${space}${JSON.stringify(value)}`))),
  );
  for (const noise of ['', ' ', 'ping', '"x"', 'null', '7', 'true', ': x', '\ufeff'])
    expect(canBeMessage(bytes(noise))).toBe(false);
});
