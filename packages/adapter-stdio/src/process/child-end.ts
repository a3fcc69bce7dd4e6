import type { ChildProcess } from 'node:child_process';

/** Milliseconds that a pipe may stay open after the program has ended. */
const DRAIN_MS = 500;

/** Resolves when a child has started. Rejects when it cannot start. */
export async function spawned(child: ChildProcess): Promise<number> {
  await new Promise((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', reject);
  });
  // Writes to an ended process fail here and are ignored: `endOf` reports the end once.
  for (const stream of child.stdio) stream?.on('error', () => undefined);
  child.on('error', () => undefined);
  if (child.pid === undefined) throw new Error('the process has no id');
  return child.pid;
}

/**
 * Resolves with the reason when a child has ended, `endTree` was called and the output was read. A child whose input or output
 * is closed has ended too.
 */
export async function endOf(child: ChildProcess, endTree: () => void): Promise<string> {
  const closed = new Promise((resolve) => child.once('close', resolve));
  const reason = await new Promise<string>((resolve) => {
    child.once('exit', (code, signal) => {
      resolve(signal === null ? `the process exited with code ${String(code)}` : `the process was ended by ${signal}`);
    });
    // A process that cannot be reached is lost, also if it runs on. Its end within this time gives the better reason.
    const lost = (pipe: string): void => {
      if (child.stdin?.writableEnded === true) return;
      setTimeout(() => {
        if (child.stdin?.writableEnded !== true) resolve(`the process closed its standard ${pipe}`);
      }, DRAIN_MS).unref();
    };
    child.stdout?.once('end', () => {
      lost('output');
    });
    child.stdin?.once('error', () => {
      lost('input');
    });
  });
  endTree();
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([
    closed,
    new Promise((resolve) => {
      timer = setTimeout(resolve, DRAIN_MS);
    }),
  ]);
  clearTimeout(timer);
  for (const stream of child.stdio) stream?.destroy();
  return reason;
}
