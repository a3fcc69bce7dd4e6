import { expect, test } from '@jest/globals';
import { problemCommand } from '../src/problem-command.ts';

test.each([
  [{ kind: 'set_variable', name: 'API_KEY' }, 'ctl set github env.API_KEY=@-'],
  [{ kind: 'replace_secret', ref: 'file:github' }, 'ctl auth set-secret file:github -'],
  [{ kind: 'replace_secret', ref: 'env:TOKEN' }, 'ctl auth validate env:TOKEN'],
  [{ kind: 'sign_in' }, 'ctl auth login github'],
  [{ kind: 'clear_quarantine' }, 'ctl unquarantine github'],
  [{ kind: 'review_change' }, 'ctl diff github'],
  [{ kind: 'raise_start_timeout' }, 'ctl set github start.timeout=5m'],
  [{ kind: 'follow', text: 'start Docker' }, 'ctl logs github'],
  [{ kind: 'retry' }, 'ctl restart github'],
  [{ kind: 'start' }, 'ctl start github'],
] as const)('problemCommand returns one command for %j', (fix, command) => {
  expect(problemCommand('github', fix, 'ctl')).toBe(command);
});

test('a name that a shell would read is one word', () => {
  expect(problemCommand("a'; rm -rf ~", { kind: 'start' }, 'ctl')).toBe(String.raw`ctl start 'a'\''; rm -rf ~'`);
});
