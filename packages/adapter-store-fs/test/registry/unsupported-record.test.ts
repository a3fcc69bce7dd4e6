import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { unsupportedRecords } from '../../src/registry/unsupported-record.ts';

const recordOf = (over: object): string => JSON.stringify({ record: { schema: 1, namespace: 'calc', ...over } });

test('R31b unsupportedRecords names the record, its format or origin, and the fix', () => {
  const origin = { type: 'quantum_mcp' };
  const [newer, odd, broken] = unsupportedRecords('registry.json', [
    recordOf({ schema: 9 }),
    recordOf({ manifest: { spec: { origin } } }),
    recordOf({ manifest: 3, namespace: 4 }),
  ]);
  expect(newer).toMatchObject({ name: 'calc', reason: expect.stringContaining('the record has format 9') });
  expect(odd).toMatchObject({ name: 'calc', reason: "origin type 'quantum_mcp' is unknown or incomplete" });
  expect(broken).toMatchObject({ name: 'a record without a name', reason: 'the record is not readable' });
  for (const report of [newer, odd, broken]) expect(report?.fix).toContain('clarityctl apply');
});

test('R31b unsupportedRecords reports any JSON value without an exception, in printable characters', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const [report] = unsupportedRecords('registry.json', [JSON.stringify(value)]);
      expect(JSON.stringify(report)).toMatch(/^[ -~]*$/);
    }),
    { numRuns: 100 },
  );
});
