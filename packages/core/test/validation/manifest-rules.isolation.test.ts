import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { childProcess, localWasm, remote } from '../../src/domain/services/manifest-defaults.ts';
import { parseManifest } from '../../src/validation/parse-documents.ts';
import { refusal } from './refusal.ts';

const others = [remote('https://example.com/mcp'), localWasm('/m.wasm')];

test('R18h law: limits in range are kept for child processes and refused for every other origin', () => {
  const limits = fc.record(
    {
      memoryBytes: fc.integer({ min: 16_777_216, max: 1_099_511_627_776 }),
      processes: fc.integer({ min: 1, max: 65_536 }),
      cpuSeconds: fc.integer({ min: 1, max: 31_536_000 }),
      openFiles: fc.integer({ min: 16, max: 1_048_576 }),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(limits, fc.constantFrom('auto', 'required'), fc.constantFrom(...others), (given, sandbox, other) => {
      const own = parseManifest(childProcess('node', [], { limits: given, sandbox }));
      expect(own.spec).toMatchObject({ limits: given, sandbox });
      const spec = { ...other.spec, limits: given };
      expect(refusal({ ...other, spec })).toMatchObject({ code: 'MANIFEST_INVALID', field: 'spec.limits' });
      const wrapped = { ...other, spec: { ...other.spec, sandbox } };
      expect(refusal(wrapped)).toMatchObject({ code: 'MANIFEST_INVALID', field: 'spec.sandbox' });
    }),
    { numRuns: 50 },
  );
});

test.each([
  ['memoryBytes', 16_777_215],
  ['processes', 0],
  ['cpuSeconds', 0.5],
  ['openFiles', '100'],
  ['disk', 1],
])('R18h spec.limits.%s is refused with its field when it is %p', (name, value) => {
  const manifest = childProcess('node');
  const refused = refusal({ ...manifest, spec: { ...manifest.spec, limits: { [name]: value } } });
  expect(refused).toMatchObject({ code: 'MANIFEST_INVALID', field: expect.stringContaining('spec.limits') });
});

test('R04c spec.sandbox none is valid for every origin', () => {
  for (const manifest of [childProcess('node'), ...others]) {
    expect(parseManifest({ ...manifest, spec: { ...manifest.spec, sandbox: 'none' } }).spec.sandbox).toBe('none');
  }
});
