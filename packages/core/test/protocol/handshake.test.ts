import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { RawJson } from '../../src/index.ts';
import { isClarityError } from '../../src/domain/errors/clarity-error.ts';
import { readDiscovery, readInitialization } from '../../src/protocol/handshake.ts';

/** `String` throws for the first two. */
const odd = fc.oneof(
  fc.constantFrom<unknown>({ toString: 1 }, [{ toString: null }], null, [], {}, 7, '', ['2026-07-28'], '2025-11-25'),
  fc.jsonValue({ maxDepth: 2 }),
);
const result = fc.dictionary(
  fc.constantFrom('protocolVersion', 'supportedVersions', 'capabilities', 'serverInfo', 'instructions', '_meta'),
  odd,
);

test('Q04 law: whatever a service replies to the handshake, it has an era or is refused by name', () => {
  fc.assert(
    fc.property(fc.oneof(result, odd), (value) => {
      const reply = { result: RawJson.of(value) };
      expect(readDiscovery(reply)).toBeDefined();
      try {
        expect(readInitialization(reply).era).toBe('legacy');
      } catch (error) {
        expect(isClarityError(error) && error.code).toBe('UPSTREAM_PROTOCOL');
      }
    }),
    { numRuns: 500 },
  );
});

test('Q04 an unsupported protocol version is named, whatever its type', () => {
  const read = (protocolVersion: unknown) => () => readInitialization({ result: RawJson.of({ protocolVersion }) });
  expect(read({ toString: 1 })).toThrow(`protocol version '{"toString":1}' of the service is not supported`);
  expect(read('1999-01-01')).toThrow("protocol version '1999-01-01' of the service is not supported");
  expect(read(undefined)).toThrow("protocol version 'undefined' of the service is not supported");
});
