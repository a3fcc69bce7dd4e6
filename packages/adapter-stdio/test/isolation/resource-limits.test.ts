import { execFileSync } from 'node:child_process';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { assertEnforceable, exceededLimit, ulimitCommands } from '../../src/isolation/resource-limits.ts';

const MIB = 1_048_576;
const limits = fc.record(
  {
    memoryBytes: fc.integer({ min: 16 * MIB, max: 64 * MIB }),
    processes: fc.integer({ min: 1, max: 50 }),
    cpuSeconds: fc.integer({ min: 1, max: 50 }),
    openFiles: fc.integer({ min: 16, max: 50 }),
  },
  { requiredKeys: [] },
);
const use = fc.record({
  memoryBytes: fc.integer({ min: 0, max: 80 * MIB }),
  processes: fc.integer({ min: 0, max: 60 }),
  cpuSeconds: fc.integer({ min: 0, max: 60 }),
});

test('R18h law: a use is refused exactly when it is above a limit, and the refusal names that limit', () => {
  fc.assert(
    fc.property(use, limits, (used, allowed) => {
      const above = (['memoryBytes', 'processes', 'cpuSeconds'] as const).filter(
        (name) => used[name] > (allowed[name] ?? Infinity),
      );
      const found = exceededLimit(used, allowed);
      expect(found === undefined).toBe(above.length === 0);
      if (found !== undefined) expect(above.map((name) => `spec.limits.${name}`)).toContain(found.field);
    }),
    { numRuns: 200 },
  );
});

test('R18h law: every limit is enforced on Linux; elsewhere memory and processes are refused with the field', () => {
  fc.assert(
    fc.property(limits, fc.constantFrom('linux', 'darwin', 'freebsd', 'win32'), (allowed, platform) => {
      const names = Object.keys(allowed);
      const isRefused =
        platform === 'win32' ? names.length > 0 : platform !== 'linux' && names.some((name) => /mem|proc/.test(name));
      const check = () => {
        assertEnforceable(allowed, platform);
      };
      if (!isRefused) check();
      else expect(check).toThrow(expect.objectContaining({ code: 'ISOLATION_UNAVAILABLE' }));
    }),
    { numRuns: 100 },
  );
});

test('R18h the shell sets the limits of the kernel, and keeps a stricter one of the daemon', () => {
  const shown = (given: Parameters<typeof ulimitCommands>[0], before = '') =>
    execFileSync(
      '/bin/sh',
      ['-c', `${before}${ulimitCommands(given)}ulimit -n; ulimit -S -t; ulimit -H -t; ulimit -d`],
      {
        encoding: 'utf8',
      },
    ).split('\n');
  expect(shown({ openFiles: 40, cpuSeconds: 7, memoryBytes: 16 * MIB })).toEqual(['40', '7', '12', '294912', '']);
  expect(shown({ openFiles: 400 }, 'ulimit -n 30\n')[0]).toBe('30');
  expect(ulimitCommands()).toBe('');
});
