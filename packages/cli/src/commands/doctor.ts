import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { embeddedCompiler } from '@clarity-runtime/compiler';
import { compilerVersion } from '../build/external-compiler.ts';
import { messageOf } from '../error-text.ts';
import { Exit } from '../problem.ts';
import type { Session } from '../session.ts';
import { compilerSettings } from '../settings/client-settings.ts';
import { settingFlags } from '../settings/setting-flags.ts';
import { resolveSettings } from '../settings/setting.ts';
import type { Command } from './command.ts';

interface Check {
  readonly name: string;
  readonly status: 'pass' | 'fail';
  readonly detail: string;
}

export const doctor: Command = {
  syntax: 'doctor',
  describe: 'check the daemon, the compiler and the workspace, and say what is wrong',
  flags: settingFlags(compilerSettings),
  run: async (given, session) => {
    const { output } = session;
    const { compilerBin } = resolveSettings(compilerSettings, given.texts(), session.env);
    const checks = [
      await check('daemon', () => daemonDetail(session)),
      await check('compiler', () => compilerDetail(session, compilerBin.value)),
      await check('workspace', () => workspaceDetail(session)),
    ];
    const ok = checks.every(({ status }) => status === 'pass');
    if (output.json) output.value({ ok, checks });
    else {
      const rows = checks.map(({ name, status, detail }) => [name, status, detail]);
      output.table([], rows, (row) => (checks[row]?.status === 'pass' ? 'good' : 'bad'));
    }
    return ok ? Exit.done : Exit.failed;
  },
};

async function check(name: string, look: () => Promise<string>): Promise<Check> {
  try {
    return { name, status: 'pass', detail: await look() };
  } catch (error) {
    return { name, status: 'fail', detail: messageOf(error) };
  }
}

async function daemonDetail({ api }: Session): Promise<string> {
  const { runtime } = await api.status();
  return `reachable at ${api.daemonUrl.origin}, clarityd ${runtime.version}`;
}

async function compilerDetail({ cwd, env }: Session, bin: string | undefined): Promise<string> {
  if (bin === undefined) return `built in: ${embeddedCompiler.name} ${embeddedCompiler.version}`;
  return `${bin}: ${await compilerVersion({ bin, cwd, env })}`;
}

/** What is not there yet can be made in the nearest folder that is. */
async function workspaceDetail({ cwd }: Session): Promise<string> {
  const folder = join(cwd, '.clarity', 'build');
  let existing = folder;
  while ((await stat(existing).catch(() => undefined)) === undefined && existing !== dirname(existing)) {
    existing = dirname(existing);
  }
  if (!(await stat(existing)).isDirectory()) throw new Error(`${existing} is in the way: it is no folder`);
  await access(existing, constants.W_OK | constants.X_OK).catch(() => {
    throw new Error(`${existing} cannot be written to`);
  });
  return `build folder ready: ${folder}`;
}
