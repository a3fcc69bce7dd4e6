import { expect, test } from '@jest/globals';
import type { ServiceReply } from '@clarity-runtime/api-contract';
import { SETTING_KEYS } from '../../src/additions/service-settings.ts';
import { fixOf, startProblem } from '../../src/api/service-problem.ts';
import type { CliError } from '../../src/support/cli-error.ts';
import { commands } from '../../src/commands/command-table.ts';

const REMOTE = { spec: { origin: { type: 'remote_mcp' } } };
const PROGRAM = { spec: { origin: { type: 'local_process' } } };

const failed = (health: string): ServiceReply =>
  ({
    namespace: 'a',
    manifest: REMOTE,
    runtime: { lifecycle: 'STOPPED', health, lastError: 'x' },
  }) as unknown as ServiceReply;

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
    ...{ namespace: 'a', manifest: REMOTE },
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
  const command = /: `clarityctl set a \S+`$/;
  expect(failed(flags)?.hint?.replace(command, '')).toBe(shown);
  expect(failed({})?.hint?.replace(command, '')).toBe(hint);
});

const explained = (fix: object): ServiceReply =>
  ({
    ...{ namespace: 'github', manifest: PROGRAM },
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

test.each([
  ['install the program, or set spec.origin.command to its absolute path', 'command=/path/to/program'],
  ['set spec.origin.tls.caFile to the certificate of that CA', 'ca=/path/to/ca.pem'],
  ['raise its start limit, spec.start.maxMs', 'start.timeout=5m'],
])('a remedy that names a field ends with the command that changes it: %s', (hint, setting) => {
  expect(startProblem(withHint(hint))?.hint).toBe(`${hint}: \`clarityctl set a ${setting}\``);
  const key = setting.split('=', 1)[0] ?? '';
  expect(SETTING_KEYS).toContain(key);
});

test('a remedy with a command gets no other one', () => {
  const hint = 'set spec.origin.authRef, or log in: `clarityctl auth login a`';
  expect(startProblem(withHint(hint))?.hint).toBe(hint);
});

const facts = (own: object) =>
  ({ namespace: 'a', lifecycle: 'STOPPED', health: 'UNREACHABLE', lastError: 'x', ...own }) as unknown as Parameters<
    typeof fixOf
  >[0];

test('an address is a remedy of a remote service only', () => {
  const problem = { code: 'UPSTREAM_UNREACHABLE', line: 'x', fix: { kind: 'retry' } };
  expect(fixOf(facts({ originType: 'remote_mcp', problem }))).toContain('`clarityctl set a url=https://host/mcp`');
  expect(fixOf(facts({ originType: 'local_process', problem }))).toBe('see `clarityctl logs a`');
  expect(fixOf(facts({ originType: 'local_process', hint: 'start Docker', problem }))).toBe('start Docker');
});

test.each([
  [undefined, '`clarityctl unquarantine a`'],
  ['start Docker', 'start Docker, then `clarityctl unquarantine a`'],
  // A changed manifest ends the quarantine.
  [
    'correct the package name in spec.origin.args',
    "correct the package name in spec.origin.args: `clarityctl set a args='-y package'`",
  ],
])('the remedy of a quarantined service with the hint %j is its cause first', (hint, shown) => {
  const problem = { code: 'PROCESS_START_FAILED', line: 'x', fix: { kind: 'clear_quarantine' } };
  expect(fixOf(facts({ lifecycle: 'QUARANTINED', originType: 'local_process', hint, problem }))).toBe(shown);
});
