import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

export interface ServerProcess extends AsyncDisposable {
  readonly pid: number;
  /** First URL in the output of the process. */
  readonly url: string;
  /** Time from the start of the process to that line in milliseconds. */
  readonly startedInMs: number;
}

/** Starts `node <args>` and waits for a line with a URL. Rejects with the output when the process exits first. */
export async function startServer(args: readonly string[], cwd?: string): Promise<ServerProcess> {
  const from = performance.now();
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(cwd === undefined ? {} : { cwd }),
  });
  const url = await firstUrl(child);
  const startedInMs = performance.now() - from;
  return {
    pid: child.pid ?? 0,
    url,
    startedInMs,
    [Symbol.asyncDispose]: async () => {
      if (child.exitCode !== null) return;
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      await exited;
    },
  };
}

function firstUrl({ stdout, stderr }: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    const listen = (chunk: Buffer): void => {
      said += chunk.toString();
      const url = /https?:\/\/[^\s]+/.exec(said)?.[0];
      if (url !== undefined && /\n/.test(said)) resolve(url);
    };
    stdout?.on('data', listen);
    stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
    stdout?.once('end', () => {
      reject(new Error(`the server ended: ${said}`));
    });
  });
}
