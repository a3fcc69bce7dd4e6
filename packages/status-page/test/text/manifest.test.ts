import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { maskManifest } from '../../src/text/manifest.ts';

test('no value of a variable, header or query is in the shown manifest', () => {
  const secret = 'S3CRET-VALUE';
  fc.assert(
    fc.property(fc.constantFrom('env', 'headers', 'query'), fc.string({ minLength: 1 }), (holder, name) => {
      for (const held of [[{ name, value: secret }], { [name === 'from' ? 'x' : name]: { value: secret } }]) {
        const shown = JSON.stringify(maskManifest({ spec: { origin: { [holder]: held } } }));
        expect(shown).not.toContain(secret);
      }
    }),
  );
});

test('references stay readable', () => {
  const manifest = { spec: { origin: { env: [{ name: 'KEY', secretRef: 'file:key' }] } } };
  expect(maskManifest(manifest)).toEqual(manifest);
});
