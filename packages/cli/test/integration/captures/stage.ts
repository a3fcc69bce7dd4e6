import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { runCtl } from '../../../src/programs/clarityctl-program.ts';
import { exitCodeOf } from '../../../src/programs/run-program.ts';
import { capture } from '../../support/capture.ts';
import type { Ran } from '../../support/fake-daemon.ts';

const DAEMON = fileURLToPath(new URL('../../../bin/clarityd.js', import.meta.url));

/** A real daemon in a temporary folder, and `clarityctl` in this process on a terminal or a pipe. */
export interface Stage extends AsyncDisposable {
  readonly url: string;
  readonly folder: string;
  ctl(argv: readonly string[], options?: StageOptions): Promise<Ran>;
}

export interface StageOptions {
  /** Width of the terminal. Undefined for a pipe. */
  readonly columns?: number | undefined;
  readonly env?: Readonly<Record<string, string>>;
}

export async function openStage(files: Readonly<Record<string, string>>): Promise<Stage> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'clarity-stage-')));
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }
  const home = join(folder, 'home');
  const daemon = spawn(process.execPath, [DAEMON, '--port', '0', '--workspace', folder], {
    cwd: folder,
    env: { PATH: process.env['PATH'] ?? '', HOME: home },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const ended = once(daemon, 'exit');
  let url = '';
  for await (const line of createInterface(daemon.stdout)) {
    url = /^clarityd listening on (\S+)$/.exec(line)?.[1] ?? '';
    if (url !== '') break;
  }
  daemon.stdout.resume();
  while ((await fetch(`${url}/readyz`)).status !== 200) await new Promise((resolve) => setTimeout(resolve, 10));
  return {
    url,
    folder,
    ctl: async (argv, { columns, env = {} } = {}) => {
      const stdout = capture(columns);
      const stderr = capture(columns);
      const base = { CLARITYD_URL: url, HOME: home, NO_COLOR: '1', PATH: '/nonexistent' };
      const exitCode = await exitCodeOf(runCtl, { argv, cwd: folder, stdout, stderr, env: { ...base, ...env } });
      return { exitCode, stdout: stdout.text, stderr: stderr.text };
    },
    [Symbol.asyncDispose]: async () => {
      daemon.kill('SIGKILL');
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
