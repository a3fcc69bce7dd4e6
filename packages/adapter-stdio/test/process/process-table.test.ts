import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { hasVariable, processIds, processSample, sampleOf } from '../../src/process/process-table.ts';

const linux = { test: process.platform === 'linux' ? test : test.skip };

test('R18h law: the name of a program does not move the fields of its sample', () => {
  const rest = `S 7 8 9 0 -1 4194560 1 2 3 4 100 50 25 25 20 0 1 0 4242 9999 3 18446744073709551615`;
  fc.assert(
    fc.property(fc.string({ maxLength: 15 }), (name) => {
      expect(sampleOf(5, `5 (${name}) ${rest}`, 4096)).toEqual({
        pid: 5,
        parent: 7,
        group: 8,
        session: 9,
        startedAt: '4242',
        memoryBytes: 3 * 4096,
        cpuSeconds: 2,
      });
    }),
    { numRuns: 100 },
  );
});

linux.test('R18h the sample of a process has its parent and its resident memory in bytes', () => {
  const own = processSample(process.pid);
  expect(own).toMatchObject({ pid: process.pid, parent: process.ppid });
  const ratio = (own?.memoryBytes ?? 0) / process.memoryUsage.rss();
  expect(ratio).toBeGreaterThan(0.7);
  expect(ratio).toBeLessThan(1.3);
  expect(processIds()).toContain(process.pid);
  expect(processSample(0)).toBeUndefined();
});

linux.test('R18h a variable is found by its whole entry', () => {
  const path = process.env['PATH'] ?? '';
  expect(hasVariable(process.pid, `PATH=${path}`)).toBe(true);
  expect(hasVariable(process.pid, `PATH=${path.slice(0, -1)}`)).toBe(false);
  expect(hasVariable(0, `PATH=${path}`)).toBe(false);
});
