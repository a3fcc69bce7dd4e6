import { spawn } from 'node:child_process';
import { afterEach, expect, test } from '@jest/globals';
import { startClarityd } from '../support/clarityd.ts';
import { repository, temporaryWorkspace } from '../support/workspace.ts';

const started: ReturnType<typeof spawn>[] = [];

afterEach(() => {
  for (const { pid } of started.splice(0)) if (pid !== undefined) kill(pid);
});

/** `npm run` and its children are one process group. */
function npm(argv: readonly string[], env: Record<string, string> = {}) {
  const child = spawn('npm', ['run', '--silent', ...argv], {
    cwd: repository,
    env: { ...process.env, ...env },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started.push(child);
  let output = '';
  const ended = new Promise<{ exitCode: number | null; output: string }>((resolve) => {
    child.once('close', (exitCode) => {
      resolve({ exitCode, output });
    });
  });
  const says = new Promise<string>((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      const url = /^clarityd listening on (\S+)$/m.exec(output)?.[1];
      if (url !== undefined) resolve(url);
    });
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    void ended.then(() => {
      reject(new Error(output));
    });
  });
  says.catch(() => undefined);
  return { says, ended };
}

function kill(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // The process has already ended.
  }
}

test('[install.dev-ctl] npm run dev:ctl -- list runs the operator tool from source', async () => {
  await using workspace = await temporaryWorkspace();
  await using daemon = await startClarityd({ cwd: workspace.path });
  const { exitCode, output } = await npm(['dev:ctl', '--', 'list'], { CLARITYD_URL: daemon.url }).ended;
  expect([exitCode, output]).toEqual([0, '{\n  "items": []\n}\n']);
});

test('[install.dev-daemon] npm run dev:daemon runs the daemon from source', async () => {
  await using workspace = await temporaryWorkspace();
  const url = await npm(['dev:daemon', '--', '--port', '0', '--workspace', workspace.path]).says;
  expect(await (await fetch(`${url}/healthz`)).json()).toEqual({ status: 'ok' });
});
