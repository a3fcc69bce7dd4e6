import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { leftoverProcesses, type LeftoverProcess } from '@clarity-runtime/adapter-stdio';
import { isLoopback } from '../api/loopback.ts';
import type { CommandContext } from '../command-support/command-context.ts';
import { duration } from '../command-support/render.ts';
import { ChildRecords } from '../composition/child-records.ts';
import { exposedNames } from '../daemon/hide-token.ts';
import { CliError } from '../support/cli-error.ts';
import type { SeenServices } from './doctor-services.ts';

const MAX_SHOWN = 20;

/** Returns the processes of services of this workspace whose daemon has ended. */
export async function leftovers(cwd: string, found: SeenServices): Promise<readonly LeftoverProcess[]> {
  const recorded = await new ChildRecords(join(cwd, '.clarity', 'runtime')).read();
  const services = new Set([...recorded, ...(found?.items ?? [])].map(({ serviceId }) => serviceId));
  return (await leftoverProcesses()).filter(({ serviceId }) => services.has(serviceId));
}

/** Reports processes of services of this workspace whose daemon has ended. */
export async function leftoversDetail(cwd: string, found: SeenServices): Promise<string> {
  const left = await leftovers(cwd, found);
  if (left.length === 0) return 'none is left of earlier daemons';
  const shown = left
    .slice(0, MAX_SHOWN)
    .map(({ pid, serviceId, ageSeconds }) => `${String(pid)} (${serviceId}, ${duration(ageSeconds)})`);
  const more = left.length > MAX_SHOWN ? `, and ${String(left.length - MAX_SHOWN)} more` : '';
  throw new CliError(`left of an earlier daemon: ${shown.join(', ')}${more}`, {
    hint: `run kill -KILL ${left.map(({ pid }) => String(pid)).join(' ')}, or start clarityd in this workspace`,
  });
}

/** Reports a daemon whose token services can read in its environment or arguments. Only Linux shows them. */
export async function tokenDetail({ api }: CommandContext): Promise<string> {
  const pid = isLoopback(api.daemonUrl)
    ? await api.status().then(
        ({ runtime }) => runtime.pid,
        () => undefined,
      )
    : undefined;
  const read = async (name: string): Promise<readonly string[]> =>
    pid === undefined
      ? []
      : (await readFile(`/proc/${String(pid)}/${name}`, 'latin1').catch(() => '')).split('\0').filter(Boolean);
  const variables = (await read('environ')).map((entry): [string, string] => {
    const at = entry.indexOf('=');
    return [entry.slice(0, at), entry.slice(at + 1)];
  });
  const exposed = exposedNames(await read('cmdline'), Object.fromEntries(variables));
  if (exposed.length === 0) return 'not visible to services';
  throw new CliError(`services can read the token of the daemon in ${exposed.join(' and ')}`, {
    hint: 'start clarityd with --auth-token-file (CLARITYD_AUTH_TOKEN_FILE), or with Node 22.15 or newer',
  });
}
