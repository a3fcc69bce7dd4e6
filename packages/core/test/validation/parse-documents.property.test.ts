import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Manifest } from '@clarity-runtime/core';
import { deriveServiceId } from '@clarity-runtime/core/internal';
import { parseManifest } from '../../src/validation/index.ts';
import { anyManifest } from './arbitrary-manifest.ts';
import { changed, refusal } from './refusal.ts';

/** Paths of all members and of the objects that contain them. */
function walk(value: object, path = ''): { members: string[]; objects: string[] } {
  const found = { members: [] as string[], objects: [path] };
  for (const [name, member] of Object.entries(value)) {
    const at = path === '' ? name : `${path}.${name}`;
    found.members.push(at);
    if (typeof member !== 'object' || member === null || Array.isArray(member)) continue;
    const below = walk(member as object, at);
    found.members.push(...below.members);
    found.objects.push(...below.objects);
  }
  return found;
}

const withMember = (pick: (manifest: Manifest) => readonly string[]): fc.Arbitrary<[Manifest, string]> =>
  anyManifest.chain((manifest) => fc.tuple(fc.constant(manifest), fc.constantFrom(...pick(manifest))));

const required = [
  'apiVersion',
  'kind',
  'metadata',
  'metadata.sourceFile',
  'metadata.module',
  'spec',
  'spec.enabled',
  'spec.autostart',
  'spec.policyRef',
  'spec.origin',
  'spec.origin.type',
  'spec.restartPolicy',
  'spec.restartPolicy.mode',
  'spec.restartPolicy.maxRestarts',
  'spec.restartPolicy.windowSeconds',
];

test('parseManifest returns a valid manifest unchanged, also when it parses it again', () => {
  fc.assert(
    fc.property(anyManifest, (manifest) => {
      const parsed = parseManifest(manifest);
      expect(parsed).toEqual(manifest);
      expect(JSON.stringify(parsed)).toBe(JSON.stringify(manifest));
      expect(parseManifest(parsed)).toEqual(parsed);
    }),
  );
});

test('U35 parseManifest accepts the derived service id and rejects every other one', () => {
  fc.assert(
    fc.property(anyManifest, fc.string({ unit: 'binary' }), (manifest, other) => {
      const derived = deriveServiceId(manifest);
      parseManifest(changed(manifest, 'metadata.serviceId', derived));
      fc.pre(other !== derived);
      expect(refusal(changed(manifest, 'metadata.serviceId', other)).field).toBe('metadata.serviceId');
    }),
  );
});

test('parseManifest rejects a member of another type with its field', () => {
  const strangers = fc.constantFrom<unknown>(null, [[]], { a: 1 }, 1.5, -1, '');
  fc.assert(
    fc.property(
      withMember((manifest) => walk(manifest).members),
      strangers,
      ([manifest, path], stranger) => {
        const { field } = refusal(changed(manifest, path, stranger));
        expect(field === path || field?.startsWith(`${path}.`) === true || field?.startsWith(`${path}[`) === true).toBe(
          true,
        );
      },
    ),
    { numRuns: 300 },
  );
});

test('parseManifest rejects a missing required member with its field', () => {
  fc.assert(
    fc.property(anyManifest, fc.constantFrom(...required), (manifest, path) => {
      expect(refusal(changed(manifest, path, undefined)).field).toBe(path);
    }),
  );
});

test('U36 parseManifest rejects an unknown member anywhere with its name', () => {
  const names = fc.stringMatching(/^zz[a-z]{1,10}$/).filter((name) => !(name in {}));
  fc.assert(
    fc.property(
      withMember((manifest) => walk(manifest).objects),
      names,
      ([manifest, place], name) => {
        const path = place === '' ? name : `${place}.${name}`;
        fc.pre(!walk(manifest).members.includes(path));
        fc.pre(!schemaKnows(path));
        fc.pre(place !== 'spec.policy.tools' && place !== 'spec.surface.tools');
        const refused = refusal(changed(manifest, path, 1));
        expect(refused.field).toBe(path);
        expect(refused.message).toBe(`invalid manifest: unknown field '${path}'`);
      },
    ),
    { numRuns: 300 },
  );
});

test('parseManifest throws MANIFEST_INVALID for any other input', () => {
  const anything = fc.anything({
    withBigInt: true,
    withDate: true,
    withMap: true,
    withNullPrototype: true,
    withSet: true,
  });
  fc.assert(
    fc.property(anything, anyManifest, fc.constantFrom(...required), (input, manifest, path) => {
      refusal(input);
      fc.pre(
        input !== undefined && typeof input !== 'boolean' && typeof input !== 'string' && typeof input !== 'number',
      );
      const mixed = structuredClone(manifest) as unknown as Record<string, unknown>;
      mixed[path.split('.')[0] ?? ''] = input;
      refusal(mixed);
    }),
  );
});

const schemaKnows = (path: string): boolean =>
  /^(metadata\.(module|version)|spec\.policy|spec\.origin\.(args|env|entry|cwd)|spec\.policy\.(.*\.)?(queue|rate|tools|burst|rate\.burst))$/.test(
    path,
  );
