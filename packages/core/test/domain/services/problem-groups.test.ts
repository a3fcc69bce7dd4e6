import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { problemOf, type Problem, type ProblemFacts } from '../../../src/domain/services/problem.ts';
import { groupProblems, problemKey } from '../../../src/domain/services/problem-groups.ts';

const word = fc.constantFrom('ready', 'degraded', 'failing', 'stopped', 'quarantined', 'login');
const STATUS = {
  ready: { lifecycle: 'RUNNING', health: 'HEALTHY' },
  degraded: { lifecycle: 'RUNNING', health: 'TIMEOUT', lastError: 'no reply within 20000 ms' },
  failing: { lifecycle: 'STOPPED', health: 'DEGRADED', lastError: 'the service did not start' },
  stopped: { lifecycle: 'STOPPED', health: 'UNKNOWN' },
  quarantined: { lifecycle: 'QUARANTINED', health: 'UNKNOWN', lastError: '3 failures within 60 s' },
  login: { lifecycle: 'NEEDS_LOGIN', health: 'UNAUTHORIZED', lastError: 'a login is needed' },
} as const;

const facts = fc
  .record({
    serviceId: fc.uuid(),
    namespace: fc.stringMatching(/^[a-z]{3,8}$/),
    word,
    cause: fc.constantFrom(undefined, 'Error: PORT 8080 is in use', 'Error: PORT 9090 is in use', 'fatal: no key'),
    host: fc.constantFrom(undefined, 'mcp.example.com'),
    heldCount: fc.nat(2),
  })
  .map(({ word: state, cause, ...rest }): ProblemFacts => ({
    ...rest,
    status: { ...STATUS[state], restartCount: 0 },
    cause: cause === undefined ? undefined : { line: cause },
  }));
const problems = fc
  .array(facts, { maxLength: 60 })
  .map((all) => all.map(problemOf).filter((problem): problem is Problem => problem !== undefined));

test('law: a running service and one that was stopped have no problem, except changes that wait', () => {
  fc.assert(
    fc.property(facts, (given) => {
      const isCalm = given.status.lifecycle !== 'QUARANTINED' && given.status.lastError === undefined;
      const found = problemOf(given);
      if (!isCalm) expect(found?.source).not.toBe('interface');
      else expect(found === undefined).toBe(given.heldCount === 0);
    }),
  );
});

test('law: every problem is in one group, with the same id for the same cause, and errors come first', () => {
  fc.assert(
    fc.property(problems, (all) => {
      const groups = groupProblems(all);
      expect(groups.reduce((sum, { count }) => sum + count, 0)).toBe(all.length);
      expect(new Set(groups.map(({ id }) => id))).toEqual(new Set(all.map(problemKey)));
      const ranks = groups.map(({ severity }) => (severity === 'error' ? 0 : 1));
      expect(ranks).toEqual([...ranks].sort());
      for (const group of groups) expect(group.services.length).toBe(Math.min(50, group.count));
      expect(groupProblems([...all].reverse()).map(({ id }) => id)).toEqual(groups.map(({ id }) => id));
    }),
  );
});

test('law: a caller without the right to read logs sees no word of the output', () => {
  fc.assert(
    fc.property(problems, (all) => {
      for (const { line, source, fix } of groupProblems(all, () => false)) {
        expect(source).not.toBe('output');
        expect(line).not.toMatch(/PORT|fatal/);
        expect(['set_variable', 'follow']).not.toContain(fix.kind);
      }
    }),
  );
});

test('services behind one host that is away are one problem, whatever their own lines say', () => {
  const of = (namespace: string, lastError: string): Problem =>
    problemOf({
      serviceId: namespace,
      namespace,
      status: { lifecycle: 'STOPPED', health: 'UNREACHABLE', restartCount: 1, lastError, retryAt: 'x' },
      trail: { since: '2026-01-01T00:00:00Z', troubledSince: '2026-01-01T00:00:00Z', code: 'UPSTREAM_UNREACHABLE' },
      host: 'mcp.example.com',
      heldCount: 0,
    }) as Problem;
  expect(groupProblems([of('a', 'ECONNREFUSED /a'), of('b', 'ENOTFOUND /b')])).toMatchObject([
    { count: 2, code: 'UPSTREAM_UNREACHABLE', host: 'mcp.example.com', fix: { kind: 'retry' } },
  ]);
});
