import { expect, test } from '@jest/globals';
import { assertProfile } from '../../../src/domain/access/profile-rules.ts';
import type { Profile } from '../../../src/domain/access/profile.ts';

const profile = (spec: object, name = 'coding'): Profile => ({
  apiVersion: 'clarity.runtime/v1',
  kind: 'Profile',
  metadata: { name },
  spec: { services: ['*'], ...spec },
});

test('assertProfile accepts a profile that uses every field', () => {
  expect(() => {
    assertProfile(
      profile({
        services: ['docs', 'mail*'],
        tools: { allow: ['docs/*'], deny: ['docs/delete*'] },
        rename: { 'docs/search': 'find_docs' },
        prompts: false,
        resources: true,
        controlTools: 'read',
        instructions: 'x'.repeat(2_000),
        prefix: 'never',
        discovery: 'pinned',
        pinned: ['docs/search'],
        maxTools: 40,
        limits: { perMinute: 60, burst: 10, concurrency: 4 },
      }),
    );
  }).not.toThrow();
});

const wrong: readonly (readonly [field: string, spec: object, name?: string])[] = [
  ['metadata.name', {}, 'Coding'],
  ['metadata.name', {}, '../x'],
  ['spec.services', { services: [] }],
  ['spec.services', { services: ['a b'] }],
  ['spec.tools.allow', { tools: { allow: Array.from({ length: 65 }, String) } }],
  ['spec.pinned', { pinned: ['x'.repeat(201)] }],
  ['spec.prefix', { prefix: 'sometimes' }],
  ['spec.discovery', { discovery: 'none' }],
  ['spec.controlTools', { controlTools: 'all' }],
  ["spec.rename['docs']", { rename: { docs: 'a' } }],
  ["spec.rename['docs/a']", { rename: { 'docs/a': 'runtime__stop_service' } }],
  ["spec.rename['docs/a']", { rename: { 'docs/a': 'a b' } }],
  ["spec.rename['docs/b']", { rename: { 'docs/a': 'same', 'docs/b': 'same' } }],
  ['spec.instructions', { instructions: 'x'.repeat(2_001) }],
  ['spec.maxTools', { maxTools: 0 }],
  ['spec.limits.perMinute', { limits: { perMinute: 1.5 } }],
];

test.each(wrong.map(([field, spec, name]) => ({ field, spec, name })))(
  'assertProfile names the field $field',
  ({ field, spec, name }) => {
    expect(() => {
      assertProfile(profile(spec, name));
    }).toThrow(expect.objectContaining({ code: 'PROFILE_INVALID', failure: expect.objectContaining({ field }) }));
  },
);
