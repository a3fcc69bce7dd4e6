import { describe, expect, test } from '@jest/globals';
import { type Manifest } from '@clarity-runtime/core';
import { resolveCallLimits, deriveServiceId, manifestPolicy } from '@clarity-runtime/core/internal';
import { parseManifest } from '../../src/validation/index.ts';
import { changed, refusal } from './refusal.ts';

const child: Manifest = {
  apiVersion: 'clarity.runtime/v1',
  kind: 'MCPService',
  metadata: { sourceFile: 'npx', module: 'files' },
  spec: {
    origin: { type: 'local_process', command: 'npx', args: ['-y', 'server-files'], env: [{ name: 'A', value: '1' }] },
    enabled: true,
    autostart: true,
    restartPolicy: { mode: 'on-failure', maxRestarts: 5, windowSeconds: 60 },
    policyRef: 'default',
  },
};
const remote = changed(child, 'spec.origin', {
  type: 'remote_mcp',
  endpoint: 'https://tools.example/mcp',
  transport: 'sse_http',
}) as Manifest;

test('local_process has a command, arguments, an environment and a working directory', () => {
  expect(parseManifest(child)).toEqual(child);
  expect(parseManifest(changed(child, 'spec.origin', { type: 'local_process', command: '/bin/x' }))).toBeDefined();
  expect(refusal(changed(child, 'spec.origin.command', '')).field).toBe('spec.origin.command');
  expect(refusal(changed(child, 'spec.origin.command', 'a\0b')).field).toBe('spec.origin.command');
  expect(refusal(changed(child, 'spec.origin.shell', true)).message).toContain("unknown field 'spec.origin.shell'");
  expect(refusal(changed(child, 'spec.origin.args', ['x'.repeat(4097)])).field).toBe('spec.origin.args[0]');
  expect(refusal(changed(child, 'spec.origin.cwd', '')).field).toBe('spec.origin.cwd');
});

test('the id of a process depends on command, arguments, module and working directory only', () => {
  const id = deriveServiceId(child);
  expect(id).toBe('svc_dde639654706');
  expect(deriveServiceId(changed(child, 'metadata.sourceFile', 'other') as Manifest)).toBe(id);
  expect(deriveServiceId(changed(child, 'spec.origin.env', []) as Manifest)).toBe(id);
  for (const [path, value] of [
    ['spec.origin.command', 'node'],
    ['spec.origin.args', ['-y server-files']],
    ['spec.origin.cwd', '/srv'],
    ['metadata.module', 'other'],
  ] as const) {
    expect(deriveServiceId(changed(child, path, value) as Manifest)).not.toBe(id);
  }
});

describe('older policy names of a remote origin', () => {
  test.each([
    ['timeoutMs', 1000, 'timeoutMs', 2000],
    ['maxPayloadBytes', 4096, 'maxRequestBytes', 8192],
    ['maxPayloadBytes', 4096, 'maxResponseBytes', 8192],
    ['maxConcurrency', 4, 'maxConcurrency', 8],
    ['allowedTools', ['a', 'b'], 'allowTools', ['a']],
  ])('%s %p and policy.%s %p are rejected with both names when they differ', (older, old, newer, other) => {
    const both = (value: unknown) =>
      changed(changed(remote, `spec.origin.${older}`, old), 'spec.policy', { [newer]: value });
    expect(parseManifest(both(Array.isArray(old) ? old.toReversed() : old))).toBeDefined();
    const refused = refusal(both(other));
    expect(refused.field).toBe(`spec.policy.${newer}`);
    expect(refused.message).toContain(`spec.origin.${older}`);
  });

  test('equal the newer ones, and an empty allowedTools allows all tools', () => {
    const { spec } = changed(remote, 'spec.origin', {
      ...remote.spec.origin,
      timeoutMs: 1000,
      maxPayloadBytes: 4096,
      maxConcurrency: 2,
      allowedTools: [],
    }) as Manifest;
    const policy = { timeoutMs: 1000, maxRequestBytes: 4096, maxResponseBytes: 4096, maxConcurrency: 2 };
    expect(manifestPolicy(spec)).toEqual(policy);
    expect(manifestPolicy({ ...spec, policy: { denyTools: ['x'] } })).toEqual({ ...policy, denyTools: ['x'] });
  });
});

test.each([
  ['timeoutMs', 10, 600_000],
  ['idleTimeoutMs', 10, 600_000],
  ['maxTimeoutMs', 10, 3_600_000],
  ['maxRequestBytes', 1024, 10_485_760],
  ['maxResponseBytes', 1024, 10_485_760],
  ['maxConcurrency', 1, 256],
  ['queue', 0, 1024],
])('U34 spec.policy.%s is from %i to %i, for the service and for each tool', (name, least, most) => {
  for (const [field, policy] of [
    [`spec.policy.${name}`, (value: number) => ({ [name]: value })],
    [`spec.policy.tools.add.${name}`, (value: number) => ({ tools: { add: { [name]: value } } })],
  ] as const) {
    for (const value of [least, most])
      expect(parseManifest(changed(child, 'spec.policy', policy(value)))).toBeDefined();
    for (const value of [least - 1, most + 1, 1.5]) {
      expect(refusal(changed(child, 'spec.policy', policy(value))).message).toBe(
        `invalid manifest: ${field} must be an integer from ${String(least)} to ${String(most)}`,
      );
    }
  }
});

test.each([
  ['spec.policy.allowTools', { allowTools: [] }, 'must not be empty'],
  ['spec.policy.denyTools', { denyTools: 'x' }, 'must be a list'],
  ['spec.policy.rate.perMinute', { rate: { burst: 1 } }, 'must be an integer from 1 to 60000'],
  ['spec.policy.tols', { tols: {} }, "unknown field 'spec.policy.tols'"],
  ['spec.policy.tools.add.allowTools', { tools: { add: { allowTools: ['x'] } } }, 'unknown field'],
])('%s: %p is rejected', (field, policy, words) => {
  const refused = refusal(changed(child, 'spec.policy', policy));
  expect(refused.field).toBe(field);
  expect(refused.message).toContain(words);
});

describe('limits of a call', () => {
  const defaults = { idleMs: 20_000, totalMs: 60_000, maxReplyBytes: 1024, maxMediaBytes: 4096 };
  const nothing = { idleMs: 0, totalMs: 0, maxReplyBytes: 0 };
  const bounds = (policy: Manifest['spec']['policy'], asked = nothing) =>
    resolveCallLimits({ ...child.spec, ...(policy === undefined ? {} : { policy }) }, asked, defaults);

  test('come from the caller, else the manifest, else the defaults', () => {
    expect(bounds(undefined)).toEqual(defaults);
    const policy = { timeoutMs: 500, idleTimeoutMs: 50, maxResponseBytes: 2048 };
    expect(bounds(policy)).toEqual({ idleMs: 50, totalMs: 60_000, maxReplyBytes: 2048 });
    const asked = { idleMs: 5, totalMs: 700, maxReplyBytes: 100 };
    expect(bounds(policy, asked)).toEqual(asked);
  });

  test('never exceed the limits of the manifest', () => {
    const asked = { idleMs: 0, totalMs: 90_000, maxReplyBytes: 1_000_000 };
    expect(bounds({ maxTimeoutMs: 60_000, maxResponseBytes: 2048 }, asked)).toMatchObject({
      totalMs: 60_000,
      maxReplyBytes: 2048,
    });
    expect(bounds({ maxTimeoutMs: 40_000 })).toMatchObject({ idleMs: 20_000, totalMs: 40_000 });
  });
});
