import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

/** The programs of one built checkout of this repository. */
export interface Checkout {
  /** Part of the names of its results: empty for this checkout. */
  readonly label: string;
  readonly clarityd: string;
  /** Loads a module below `packages` of the checkout. */
  readonly load: (path: string) => Promise<unknown>;
  /** Runs `clarityctl` in a folder. Rejects with its output when it fails. */
  readonly ctl: (args: readonly string[], cwd: string) => Promise<string>;
}

function checkout(root: string, label: string): Checkout {
  const bin = join(root, 'packages', 'cli', 'bin');
  return {
    label,
    load: (path) => import(pathToFileURL(join(root, 'packages', path)).href) as Promise<unknown>,
    clarityd: join(bin, 'clarityd.js'),
    ctl: async (args, cwd) => {
      const { stdout } = await promisify(execFile)(process.execPath, [join(bin, 'clarityctl.js'), ...args], { cwd });
      return stdout;
    },
  };
}

const baseline = process.env['BENCH_BASELINE'];

/** This checkout. */
export const own = checkout(join(import.meta.dirname, '..', '..'), '');

/** This checkout and, if `BENCH_BASELINE` names the folder of another one that is built, that one. */
export const checkouts: readonly Checkout[] = [
  own,
  ...(baseline === undefined ? [] : [checkout(baseline, ', baseline')]),
];
