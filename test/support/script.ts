import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { repository } from './workspace.ts';

/** Runs a script of the repository and returns its output and exit code. */
export async function runScript(
  name: string,
  args: readonly string[],
): Promise<{ readonly said: string; readonly exitCode: number | null }> {
  const script = join(repository, 'scripts', name);
  const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes: Buffer) => (said += bytes.toString()));
  const [exitCode] = (await once(child, 'close')) as [number | null];
  return { said, exitCode };
}
