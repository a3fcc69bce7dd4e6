import { execFile } from 'node:child_process';
import { lstat, mkdir, readdir, readFile, readlink, rename, rm, rmdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Environment } from '../support/process-context.ts';
import { CliError } from '../support/cli-error.ts';
import { messageOf } from '../support/error-text.ts';
import { PROGRAMS } from '../support/program-paths.ts';
import { pointTo, temporary, writeShims } from './home-install.ts';

const PACKAGE = 'clarity-runtime';
const VERSION_NAME = /^\d+\.\d+\.\d+(?:-[\w.]+)?$/;
const MAX_OUTPUT_BYTES = 16 * 1024 * 1024;
const INSTALL_LIMIT_MS = 10 * 60 * 1_000;

/** The versions of the home: the one in use and the one before. */
export interface HomeVersions {
  readonly current: string | undefined;
  readonly previous: string | undefined;
}

/** Reads which versions the home has. */
export async function homeVersions(home: string): Promise<HomeVersions> {
  const of = async (link: string): Promise<string | undefined> => {
    const target = await readlink(join(home, 'app', link)).catch(() => undefined);
    const version = target === undefined ? '' : basename(target);
    return VERSION_NAME.test(version) ? version : undefined;
  };
  return { current: await of('current'), previous: await of('previous') };
}

/**
 * Installs a version beside the others with npm, which runs no script of a package, and returns its number. The folder of a
 * version is complete or absent.
 * @param spec A version, a tag or the path of a package file.
 * @throws CliError when npm fails or installs something else.
 */
export async function installVersion(home: string, spec: string, env: Environment): Promise<string> {
  const app = join(home, 'app');
  const partial = temporary(join(app, 'next'));
  await mkdir(partial, { recursive: true, mode: 0o700 });
  try {
    const wanted = /[\\/]/.test(spec) ? spec : `${PACKAGE}@${spec}`;
    const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--omit=dev', '--no-save'];
    await runNpm(['install', '--prefix', partial, ...flags, '--', wanted], partial, env);
    const version = await installedVersion(partial);
    const target = join(app, version);
    if ((await lstat(target).catch(() => undefined)) === undefined) await rename(partial, target);
    return version;
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

async function runNpm(args: readonly string[], cwd: string, env: Environment): Promise<void> {
  // npx and npm name their own script; it needs no shell, also on Windows.
  const script = env['npm_execpath'];
  const isScript = script !== undefined && /npm-cli\.js$|\.[cm]?js$/.test(script);
  const [program, words] = isScript ? [process.execPath, [script, ...args]] : ['npm', args];
  try {
    await promisify(execFile)(program, words, { cwd, env, timeout: INSTALL_LIMIT_MS, maxBuffer: MAX_OUTPUT_BYTES });
  } catch (error) {
    const { stderr = '' } = error as { readonly stderr?: string };
    const line = stderr.split('\n').find((text) => /npm (?:ERR!|error)/.test(text) && !/A complete log/.test(text));
    throw new CliError(`npm could not install the version: ${line ?? messageOf(error).split('\n', 1)[0] ?? ''}`, {
      hint: 'the version in use stays; check the network and the version, then run `clarity-runtime upgrade` again',
      cause: error,
    });
  }
}

async function installedVersion(folder: string): Promise<string> {
  const path = join(folder, 'node_modules', PACKAGE, 'package.json');
  const text = await readFile(path, 'utf8').catch(() => '{}');
  const { name, version } = JSON.parse(text) as { readonly name?: unknown; readonly version?: unknown };
  if (name === PACKAGE && typeof version === 'string' && VERSION_NAME.test(version)) return version;
  throw new CliError(`the package is not ${PACKAGE}`, { hint: 'name a version, or a file of `npm pack`' });
}

/** Makes a version the one in use, with another one before it. Returns the path of its `clarityd`. */
export async function useVersion(
  home: string,
  { current, previous }: HomeVersions & { current: string },
): Promise<string> {
  const app = join(home, 'app');
  if (previous === undefined) await rm(join(app, 'previous'), { force: true });
  else await pointTo(join(app, 'previous'), join(app, previous));
  await pointTo(join(app, 'current'), join(app, current));
  const programs = join(app, 'current', 'node_modules', PACKAGE, 'bin');
  await writeShims(join(home, 'bin'), programs);
  return join(programs, 'clarityd.js');
}

/** Deletes all versions but the one in use and the one before. */
export async function deleteOtherVersions(home: string): Promise<void> {
  const kept = new Set<string | undefined>(Object.values(await homeVersions(home)));
  for (const version of await versionsOf(home)) {
    if (!kept.has(version)) await rm(join(home, 'app', version), { recursive: true, force: true });
  }
}

/** Deletes the versions and the executables of the home, and no other file in the same folders. */
export async function deletePrograms(home: string): Promise<void> {
  const [app, bin] = [join(home, 'app'), join(home, 'bin')];
  for (const link of ['current', 'previous']) await rm(join(app, link), { force: true });
  for (const version of await versionsOf(home)) await rm(join(app, version), { recursive: true, force: true });
  for (const name of PROGRAMS) {
    for (const file of [name, `${name}.cmd`]) {
      const text = await readFile(join(bin, file), 'utf8').catch(() => '');
      if (text.includes(`${name}.js`)) await rm(join(bin, file), { force: true });
    }
  }
  // A folder with other files stays.
  for (const folder of [app, bin]) await rmdir(folder).catch(() => undefined);
}

const versionsOf = async (home: string): Promise<readonly string[]> =>
  (await readdir(join(home, 'app')).catch(() => [])).filter((name) => VERSION_NAME.test(name));

/** Returns whether a program of the home's own versions runs this command, and not another installation. */
export const isHomeProgram = (home: string, program: string): boolean =>
  dirname(program).startsWith(join(home, 'app')) || /[\\/]_npx[\\/]/.test(program);
