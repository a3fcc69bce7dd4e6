import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { childProcess, remote, type Manifest } from '@clarity-runtime/core';
import { maskedUrl } from '../../../src/domain/services/masked-origin.ts';
import {
  redactedManifest,
  restoreLocation,
  restoreRedactedValues,
} from '../../../src/domain/services/shown-manifest.ts';

const KEY = 'cnry7f31e90b5d';

test.each([
  [`https://h.example/mcp?apiKey=${KEY}&x`, 'https://h.example/mcp?apiKey=***&***'],
  [`https://h.example/${KEY}/mcp`, 'https://h.example/***/mcp'],
  [`https://user:${KEY}@h.example/mcp`, 'https://***@h.example/mcp'],
  ['https://h.example/v1/mcp?key=${secret:file:bank}', 'https://h.example/v1/mcp?key=${secret:file:bank}'],
  ['http://127.0.0.1:8080/mcp', 'http://127.0.0.1:8080/mcp'],
])('Q05 R10a maskedUrl hides values of %s', (url, shown) => {
  expect(maskedUrl(url)).toBe(shown);
});

const token = fc.stringMatching(/^[a-z]{4}[0-9]{4}[a-z0-9]{8}$/);
const manifestWith = (key: string): readonly Manifest[] => [
  remote(`https://h.example/mcp?k=${key}`, { module: 'a' }),
  remote(`https://h.example/${key}/mcp`, { module: 'a' }),
  childProcess('/usr/bin/node', ['server.js', '--api-key', key, `--token=${key}`, key], { module: 'b' }),
  childProcess('node', [], { module: 'c', env: [{ name: 'A', value: key }], cwd: '/ws' }),
  ofKind({ type: 'queue', topic: 'orders', password: key, nested: { list: [{ name: 'x', value: key }] } }),
];
const ofKind = (origin: object): Manifest =>
  ({ ...remote('https://x.example', { module: 'q' }), spec: { ...remote('https://x.example').spec, origin } }) as never;

test('Q05 R10a no view of a manifest contains a value, and restoring a shown manifest returns the stored one', () => {
  fc.assert(
    fc.property(token, (key) => {
      for (const manifest of manifestWith(key)) {
        for (const view of ['client', 'operator'] as const) {
          expect(JSON.stringify(redactedManifest(manifest, undefined, view))).not.toContain(key);
        }
        const shown = redactedManifest(manifest);
        expect(restoreRedactedValues(shown, manifest).spec.origin).toEqual(manifest.spec.origin);
      }
    }),
    { numRuns: 50 },
  );
});

test('T-419 R10a the client view has scheme, host and base names only', () => {
  const { origin } = redactedManifest(remote('https://h.example/deep/path'), undefined, 'client').spec;
  expect(origin).toMatchObject({ endpoint: 'https://h.example', transport: 'streamable_http' });
  const child = redactedManifest(childProcess('/opt/x/tool', ['a']), undefined, 'client');
  expect(child.spec.origin).toMatchObject({ command: 'tool', args: ['***'] });
  expect(child.metadata.sourceFile).toBe('tool');
});

test('Q05 an exported manifest is applied again to the same service', () => {
  const manifest = remote(`https://h.example/mcp?k=${KEY}`, { module: 'a' });
  const record = { schema: 1, serviceId: 'svc_000000000000', namespace: 'a', manifest } as const;
  expect(restoreLocation(redactedManifest(manifest), () => [record])).toEqual(manifest);
  expect(remote(`https://h.example/mcp?k=${KEY}`).metadata.sourceFile).toBe('https://h.example/mcp');
  expect(() => restoreRedactedValues(redactedManifest(manifest), undefined)).toThrow('spec.origin.endpoint');
});
