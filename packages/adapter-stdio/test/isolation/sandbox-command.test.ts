import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  bubblewrapCommand,
  isInside,
  seatbeltCommand,
  type CommandLine,
  type SandboxPaths,
} from '../../src/isolation/sandbox-command.ts';

const paths: SandboxPaths = {
  cwd: '/srv/app',
  writable: ['/home/me/.npm'],
  hiddenFolders: ['/srv/app/.clarity', '/home/me/.ssh'],
  hiddenFiles: ['/home/me/.npmrc'],
  readable: [],
  temporary: '/private/tmp',
};
const program: CommandLine = ['/usr/bin/node', 'server.js', '--', '--bind'];

/** Returns the mount that decides about a path: the last one at or above it. */
function mountOf(command: CommandLine, path: string): string {
  const end = command.indexOf('--');
  const mounts: (readonly [string, string])[] = [];
  for (let at = 1; at < end; at += 1) {
    const flag = command[at] ?? '';
    if (flag === '--tmpfs' || flag === '--dev' || flag === '--proc') mounts.push([flag, command[(at += 1)] ?? '']);
    else if (/bind/.test(flag)) {
      const source = command[at + 1] ?? '';
      mounts.push([source === '/dev/null' ? 'null' : flag, command[(at += 2)] ?? '']);
    }
  }
  return mounts.findLast(([, place]) => isInside(path, place))?.[0] ?? 'none';
}

const segment = fc.constantFrom('a', 'b', '.clarity', 'x"y', 'tmp');
const path = fc.array(segment, { minLength: 1, maxLength: 3 }).map((words) => `/${words.join('/')}`);
const anyPaths = fc.record({
  cwd: fc.oneof(path, fc.constant('/')),
  writable: fc.array(path, { maxLength: 2 }),
  hiddenFolders: fc.array(path, { maxLength: 3 }),
  hiddenFiles: fc.array(path, { maxLength: 2 }),
  readable: fc.constant([]),
  temporary: path,
});

test('R04c law: no bubblewrap command shows a hidden path, and only listed folders can be written', () => {
  fc.assert(
    fc.property(anyPaths, path, (given, asked) => {
      const command = bubblewrapCommand('/usr/bin/bwrap', program, given);
      const mount = mountOf(command, asked);
      const isHidden = given.hiddenFolders.some((folder) => isInside(asked, folder));
      if (isHidden) expect(['--tmpfs', 'null']).toContain(mount);
      else if (given.hiddenFiles.includes(asked)) expect(mount).toBe('null');
      else if (mount === '--bind') {
        expect([given.cwd, ...given.writable].some((folder) => isInside(asked, folder))).toBe(true);
      }
      expect(command.slice(command.indexOf('--') + 1)).toEqual(program);
    }),
    { numRuns: 200 },
  );
});

test('R04c bubblewrap gets an own view of processes, no capability and no socket below /run', () => {
  const command = bubblewrapCommand('/usr/bin/bwrap', program, paths);
  const text = command.join(' ');
  for (const part of ['--unshare-pid', '--proc /proc', '--die-with-parent', '--cap-drop ALL', '--chdir /srv/app']) {
    expect(text).toContain(part);
  }
  expect(mountOf(command, '/run/docker.sock')).toBe('--tmpfs');
  expect(mountOf(command, '/srv/app/src')).toBe('--bind');
  expect(mountOf(command, '/srv/app/.clarity/secrets/x')).toBe('--tmpfs');
  expect(mountOf(command, '/home/me/.npmrc')).toBe('null');
  expect(mountOf(command, '/home/me/.bashrc')).toBe('--ro-bind');
  expect(mountOf(bubblewrapCommand('b', program, { ...paths, cwd: '/' }), '/proc/1/environ')).toBe('--proc');
});

test('R04c law: every path of a profile of sandbox-exec is one quoted text', () => {
  fc.assert(
    fc.property(anyPaths, fc.string({ maxLength: 10 }), (given, odd) => {
      const cwd = `/${odd}`;
      const [wrapper, flag, profile = '', ...rest] = seatbeltCommand('/usr/bin/sandbox-exec', program, {
        ...given,
        cwd,
      });
      expect([wrapper, flag, rest]).toEqual(['/usr/bin/sandbox-exec', '-p', program]);
      const outside = profile.replace(/"(?:[^"\\]|\\[\s\S])*"/g, '');
      expect(outside).not.toMatch(/["\\]/);
      expect(outside.replace(/[^()]/g, '').length % 2).toBe(0);
      expect(profile).toContain(`(subpath "${cwd.replace(/[\\"]/g, '\\$&')}")`);
    }),
    { numRuns: 100 },
  );
});

test('R04c the profile of sandbox-exec denies hidden paths after it allows the working folder', () => {
  const [, , profile = ''] = seatbeltCommand('/usr/bin/sandbox-exec', program, paths);
  const lines = profile.split('\n');
  expect(lines.slice(0, 3)).toEqual(['(version 1)', '(allow default)', '(deny file-write*)']);
  expect(lines[3]).toContain('(subpath "/srv/app") (subpath "/private/tmp") (subpath "/home/me/.npm")');
  expect(lines[4]).toBe(
    '(deny file-read* file-write* (subpath "/srv/app/.clarity") (subpath "/home/me/.ssh") (literal "/home/me/.npmrc"))',
  );
  expect(lines).toContain('(deny process-info* (target others))');
});
