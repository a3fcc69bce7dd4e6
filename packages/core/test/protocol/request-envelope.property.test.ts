import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { RawJson } from '../../src/domain/json/raw-json.ts';
import type { McpParams } from '../../src/domain/mcp/mcp.ts';
import { notificationBytes, requestBytes } from '../../src/protocol/message-writer.ts';
import { withRequestEnvelope } from '../../src/protocol/request-envelope.ts';

const PREFIX = 'io.modelcontextprotocol/';
const OWN = ['protocolVersion', 'clientCapabilities', 'clientInfo', 'logLevel'].map((name) => PREFIX + name);
const client = { name: 'gateway', version: '1' };

const paramsOf = (members: Readonly<Record<string, unknown>>): McpParams =>
  new Map(Object.entries(members).map(([name, value]) => [name, RawJson.of(value)]));

const textOf = (bytes: Uint8Array): unknown => JSON.parse(new TextDecoder().decode(bytes));

const name = fc.oneof(
  fc.constantFrom(...OWN, 'progressToken', 'com.example/trace'),
  fc.string({ maxLength: 8 }).filter((text) => text !== '__proto__'),
);
const value = fc.oneof(fc.string(), fc.integer(), fc.constant({}), fc.constant('2026-07-28'));
const meta = fc.option(fc.dictionary(name, value, { noNullPrototype: true }), { nil: undefined });

/** The envelope as the specification describes it, without any memory of earlier requests. */
function expectedMeta(given: Readonly<Record<string, unknown>> | undefined, era: string, token: number): object {
  const members = Object.entries(given ?? {}).map(
    ([key, own]) => [key, key === 'progressToken' ? token : own] as const,
  );
  if (era === 'legacy') return Object.fromEntries(members.filter(([key]) => !OWN.includes(key)));
  const defaults = { [`${PREFIX}clientCapabilities`]: {}, [`${PREFIX}clientInfo`]: client };
  return { ...defaults, ...Object.fromEntries(members), [`${PREFIX}protocolVersion`]: '2026-07-28' };
}

test('law: a request has the same envelope, however many requests had one before', () => {
  const requests = fc.array(fc.tuple(meta, fc.constantFrom('legacy', 'modern'), fc.nat(99)), { minLength: 1 });
  fc.assert(
    fc.property(requests, (all) => {
      for (const [given, era, token] of [...all, ...all]) {
        const params = paramsOf({ name: 'a', ...(given === undefined ? {} : { _meta: given }) });
        const { request, progressToken } = withRequestEnvelope({ method: 'm', params }, { era, client, token });
        const sent = expectedMeta(given, era, token);
        expect(request.params.get('_meta')?.value ?? {}).toEqual(sent);
        expect(request.params.has('_meta')).toBe(Object.keys(sent).length > 0);
        expect(progressToken?.value).toEqual(given?.['progressToken']);
        expect(request.params.get('name')?.value).toBe('a');
        expect(params.get('_meta')?.value).toEqual(given);
      }
    }),
  );
});

test('law: the bytes of a message have its method and parameters, whatever was written before', () => {
  const key = fc.string({ unit: 'grapheme', maxLength: 80 }).filter((text) => text !== '__proto__');
  const members = fc.dictionary(key, fc.jsonValue(), { noNullPrototype: true });
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.string({ maxLength: 80 }), members)), (messages) => {
      for (const [method, params] of messages) {
        const own = JSON.parse(JSON.stringify({ jsonrpc: '2.0', method, params })) as object;
        expect(textOf(requestBytes(7, { method, params: paramsOf(params) }))).toEqual({ ...own, id: 7 });
        expect(textOf(notificationBytes({ method, params: paramsOf(params) }))).toEqual(own);
      }
    }),
  );
});
