import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { exposedNames, replaceProcess, withoutToken } from '../../src/daemon/hide-token.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const TOKEN = 'correct-horse-battery-staple';
type Started = { file: string; args: readonly string[]; env: Record<string, string> };

async function replacement(
  argv: readonly string[],
  env: Record<string, string>,
  command: readonly string[] = ['node'],
) {
  const started: Started[] = [];
  const execve = (file: string, args: readonly string[], given: Record<string, string>) =>
    started.push({ file, args, env: given });
  await replaceProcess({ command, argv, env, token: TOKEN, execve });
  return started[0];
}

const tokenWords = fc.constantFrom(
  ['--auth-token', TOKEN],
  [`--auth-token=${TOKEN}`],
  ['--auth-token-file', 'f'],
  ['--auth-token-fd=5'],
);
const otherWords = fc.constantFrom(['--port', '0'], ['--host=127.0.0.1'], ['--workspace', 'w'], ['--trust-workspace']);

test('R04b law: the replaced daemon keeps every other argument and variable, and has no token', async () => {
  await using folder = await temporaryFolder();
  const words = fc.array(fc.oneof(tokenWords, otherWords), { maxLength: 6 });
  const variables = fc.subarray(['CLARITYD_AUTH_TOKEN', 'CLARITY_API_TOKEN', 'CLARITYD_AUTH_TOKEN_FILE', 'COLOR']);
  const property = fc.asyncProperty(words, variables, async (groups, names) => {
    const env = Object.fromEntries(names.map((name) => [name, TOKEN.replace('horse', name)]));
    const kept = groups.filter(([first = '']) => !first.startsWith('--auth')).flat();
    const started = await replacement(groups.flat(), { ...env, XDG_RUNTIME_DIR: folder.path });
    expect(started?.args.slice(6)).toEqual(['--auth-token-fd=3', ...kept]);
    expect(Object.keys(started?.env ?? {})).toEqual([...names.filter((name) => name === 'COLOR'), 'XDG_RUNTIME_DIR']);
    expect(started?.args.join(' ')).not.toContain(TOKEN);
    expect(exposedNames(started?.args ?? [], started?.env ?? {})).toEqual([]);
  });
  await fc.assert(property, { numRuns: 60 });
});

test('R04b the replaced daemon gets the token on descriptor 3, and its file is deleted', async () => {
  await using folder = await temporaryFolder();
  const env = { PATH: process.env['PATH'] ?? '', XDG_RUNTIME_DIR: folder.path, CLARITYD_AUTH_TOKEN: TOKEN };
  const command = ['/bin/sh', '-c', 'cat <&3; echo; env; echo "$@"', 'sh'];
  const started = await replacement(['--port', '0'], env, command);
  const { stdout } = await promisify(execFile)(started?.file ?? '', started?.args.slice(1) ?? [], {
    env: started?.env ?? {},
  });
  const [first, ...rest] = stdout.split('\n');
  expect(first).toBe(TOKEN);
  expect(rest.join('\n')).not.toContain(TOKEN);
  expect(rest).toContain('--auth-token-fd=3 --port 0');
  expect(await readdir(folder.path)).toEqual([]);
});

test('R04b a daemon that cannot hand its token over continues and leaves no file', async () => {
  await using folder = await temporaryFolder();
  const execve = () => {
    throw new Error('not on this platform');
  };
  const options = { command: ['node'], argv: [], token: TOKEN, execve };
  await replaceProcess({ ...options, env: { XDG_RUNTIME_DIR: folder.path } });
  expect(await readdir(folder.path)).toEqual([]);
  await replaceProcess({ ...options, env: { XDG_RUNTIME_DIR: `${folder.path}/absent` } });
});

test('R04b exposedNames lists the flag and the variables of the token, not those of its file', () => {
  const env = { CLARITYD_AUTH_TOKEN: TOKEN, CLARITY_API_TOKEN: '', CLARITYD_AUTH_TOKEN_FILE: 'f' };
  expect(exposedNames([`--auth-token=${TOKEN}`], env)).toEqual(['--auth-token', 'CLARITYD_AUTH_TOKEN']);
  expect(exposedNames(['--auth-token-file', 'f', '--auth-token-fd=3'], withoutToken(env))).toEqual([]);
});
