import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const bin = join(import.meta.dirname, '..', '..', 'packages', 'cli', 'bin');

export const clarityd = join(bin, 'clarityd.js');

/** Runs `clarityctl` in a folder. Rejects with its output when it fails. */
export async function clarityctl(args: readonly string[], cwd: string): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [join(bin, 'clarityctl.js'), ...args], { cwd });
  return stdout;
}
