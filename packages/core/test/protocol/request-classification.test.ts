import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { RawJson } from '../../src/domain/json/raw-json.ts';
import { classifyModernMeta, readMeta } from '../../src/protocol/request-classification.ts';

const PREFIX = 'io.modelcontextprotocol/';
const metaOf = (text: string) => readMeta(new Map([['_meta', RawJson.fromText(text)]]));

test('law: readMeta returns for a repeated text what it returned first, for every text', () => {
  const entries = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.jsonValue({ maxDepth: 1 })), { maxLength: 4 });
  fc.assert(
    fc.property(entries, (members) => {
      const text = `{${members.map(([name, value]) => `"${name}":${JSON.stringify(value)}`).join(',')}}`;
      const isUnique = new Set(members.map(([name]) => name)).size === members.length;
      for (let times = 0; times < 3; times += 1) {
        const read = metaOf(text);
        if (!isUnique) expect(read).toMatchObject({ error: { code: -32602 } });
        else if ('error' in read) throw new Error(read.error.message);
        else expect([...read.members].map(([name, { value }]) => [name, value])).toEqual(members);
      }
    }),
  );
});

test('a known _meta does not depend on the memory of the request that it came with', () => {
  const text = JSON.stringify({ [`${PREFIX}protocolVersion`]: '2026-07-28', own: 'value' });
  const bytes = new TextEncoder().encode(text);
  readMeta(new Map([['_meta', RawJson.fromBytes(bytes)]]));
  bytes.fill(0);
  const again = metaOf(text);
  if ('error' in again) throw new Error(again.error.message);
  expect(again.members.get('own')?.value).toBe('value');
});

test('two requests with the same client information have the same client', () => {
  const text = JSON.stringify({
    [`${PREFIX}protocolVersion`]: '2026-07-28',
    [`${PREFIX}clientCapabilities`]: {},
    [`${PREFIX}clientInfo`]: { name: 'a\u001bb', version: '1' },
  });
  const clients = [metaOf(text), metaOf(text)].map((read) => {
    if ('error' in read) throw new Error(read.error.message);
    const classified = classifyModernMeta(read.members);
    return 'code' in classified ? undefined : classified.client;
  });
  expect(clients[0]).toEqual({ name: 'a?b', version: '1' });
  expect(clients[1]).toBe(clients[0]);
});
