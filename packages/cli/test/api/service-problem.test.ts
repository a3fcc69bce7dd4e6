import { expect, test } from '@jest/globals';
import type { ServiceReply } from '@clarity-runtime/api-contract';
import { startProblem } from '../../src/api/service-problem.ts';
import type { CliError } from '../../src/support/cli-error.ts';
import { commands } from '../../src/commands/command-table.ts';

const failed = (health: string): ServiceReply =>
  ({ namespace: 'a', runtime: { lifecycle: 'STOPPED', health, lastError: 'x' } }) as unknown as ServiceReply;

function hintOf(health: string, flags: object): string {
  const problem = startProblem(failed(health), flags as never);
  if (problem === undefined) throw new Error('it accepts a service that does not run');
  return problem.hint ?? '';
}

test('Q02b hints of a failed start name only flags that the command has', () => {
  for (const { syntax, flags = {} } of commands) {
    for (const health of ['UNKNOWN', 'DEGRADED', 'TIMEOUT', 'UNAUTHORIZED', 'UNREACHABLE']) {
      const named = hintOf(health, flags).match(/--[a-z-]+/g) ?? [];
      for (const flag of named)
        expect([syntax, Object.keys(flags)]).toEqual([syntax, expect.arrayContaining([flag.slice(2)])]);
    }
  }
});

test.each(['add-process <name>', 'add-remote'])(
  'Q02b %s names --start-timeout when a start takes too long',
  (syntax) => {
    const flags = commands.find((command) => command.syntax === syntax)?.flags ?? {};
    expect(hintOf('TIMEOUT', flags)).toContain('--start-timeout');
    expect(hintOf('TIMEOUT', {})).not.toContain('--');
  },
);

const withHint = (hint: string): ServiceReply =>
  ({
    namespace: 'a',
    runtime: { lifecycle: 'STOPPED', health: 'UNREACHABLE', lastError: 'x', hint },
  }) as unknown as ServiceReply;

test.each([
  ['set spec.origin.tls.caFile to the CA', 'set spec.origin.tls.caFile (--ca) to the CA'],
  ['set spec.origin.proxy to none', 'set spec.origin.proxy (--proxy) to none'],
  ['check the scheme of spec.origin.endpoint', 'check the scheme of spec.origin.endpoint (--endpoint)'],
  ['the path is not below its endpoint', 'the path is not below its endpoint'],
])('Q25 Q44 startProblem shows the hint %j of the daemon with the flags of the command', (hint, shown) => {
  const flags = commands.find(({ syntax }) => syntax === 'add-remote')?.flags ?? {};
  const failed = (given: object): CliError | undefined => startProblem(withHint(hint), given as never);
  expect(failed(flags)?.hint).toBe(shown);
  expect(failed({})?.hint).toBe(hint);
});

const explained = (fix: object): ServiceReply =>
  ({
    namespace: 'github',
    runtime: {
      lifecycle: 'STOPPED',
      health: 'DEGRADED',
      lastError: 'the process exited with code 1',
      problem: { code: 'UPSTREAM_LOST', line: 'Error: GITHUB_TOKEN is required', fix },
    },
  }) as unknown as ServiceReply;

test('a failed start ends with the line of the program and the command that sets the variable it names', () => {
  const problem = startProblem(explained({ kind: 'set_variable', name: 'GITHUB_TOKEN' }));
  expect(problem?.message).toBe(
    'github did not start: the process exited with code 1: Error: GITHUB_TOKEN is required',
  );
  expect(problem?.hint).toContain('`clarityctl set github env.GITHUB_TOKEN=@-`');
});

test('a sentence of the runtime about the line is followed by the command that shows all lines', () => {
  const problem = startProblem(explained({ kind: 'follow', text: 'start Docker' }));
  expect(problem?.hint).toBe('start Docker; all lines: `clarityctl logs github`');
});
