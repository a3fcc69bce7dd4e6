import { embeddedCaller } from '@clarity-runtime/core';
import { type ClientSetup } from '@clarity-runtime/core/internal';
import { CliError, ExitCode } from '../support/cli-error.ts';
import { userClientConfigs } from '../command-support/user-clients.ts';
import type { CommandContext } from '../command-support/command-context.ts';
import { clientSettings, compilerSettings } from '../settings/client-settings.ts';
import { daemonSettings } from '../settings/daemon-settings.ts';
import { settingFlags } from '../settings/setting-flags.ts';
import { resolveSettings } from '../settings/setting.ts';
import { shownSettings } from '../settings/shown-settings.ts';
import type { ParsedArgs } from '../arguments/command-grammar.ts';
import type { Command } from '../command-support/command.ts';
import {
  check,
  compilerDetail,
  daemonDetail,
  lockDetail,
  nodeDetail,
  permissionsDetail,
  portDetail,
  workspaceDetail,
} from './doctor-checks.ts';
import { toolsDetail } from './doctor-tools.ts';
import { leftoversDetail, tokenDetail } from './doctor-processes.ts';
import { contextDetail, launchDetail } from './doctor-launch.ts';
import { fixSafely } from './doctor-fixes.ts';
import { registryDetail, takeEditedRegistry } from './doctor-registry.ts';
import { recordsDetail, secretsDetail, servicesDetail, settingsDetail } from './doctor-services.ts';

/** Reports the installed AI clients with and without an entry for this gateway. */
export async function clientsDetail(clients: ClientSetup): Promise<string> {
  const states = await clients.status(embeddedCaller, 'user');
  const unreadable = states.find(({ problem }) => problem !== undefined);
  if (unreadable !== undefined) {
    const { client, path, problem = '' } = unreadable;
    throw new CliError(`the configuration of ${client} cannot be read: ${path}: ${problem}`, {
      hint: `repair ${path}; a damaged file is never written`,
    });
  }
  const configured = states.filter((state) => state.configured).map(({ client }) => client);
  const found = states.filter((state) => !state.configured && state.present).map(({ client }) => client);
  const said = [
    ...(configured.length > 0 ? [`${configured.join(', ')} have this gateway`] : []),
    ...(found.length > 0
      ? [`not configured: ${found.join(', ')} (clarityctl bootstrap --clients ${found.join()})`]
      : []),
  ];
  return said.length > 0 ? said.join('; ') : 'no AI client found';
}

export const doctor: Command = {
  syntax: 'doctor',
  describe: 'check the installation and suggest fixes',
  flags: {
    config: { type: 'switch', describe: 'show every setting with its value and source' },
    fix: { type: 'switch', describe: 'repair what is safe: end leftover processes, make the state private' },
    'accept-registry': { type: 'switch', describe: 'accept a registry.json that was edited by hand' },
    ...settingFlags(compilerSettings),
  },
  run: (given, session) => {
    if (given.has('config')) return Promise.resolve(showConfig(given, session));
    if (given.has('accept-registry')) return takeEditedRegistry(session);
    return examine(given, session);
  },
};

const TONES = { pass: 'good', warn: 'careful', fail: 'bad' } as const;

async function examine(given: ParsedArgs, session: CommandContext): Promise<number> {
  const { output } = session;
  const fixed = given.has('fix') ? await fixSafely(session) : [];
  const { compilerBin } = resolveSettings(compilerSettings, given.texts(), session.env);
  const found = await session.api.services().catch(() => undefined);
  const checks = [
    await check('daemon', () => daemonDetail(session)),
    await check('compiler', () => compilerDetail(session, compilerBin.value)),
    await check('workspace', () => workspaceDetail(session)),
    await check('node', () => nodeDetail()),
    await check('port', () => portDetail(session)),
    await check('lock', () => lockDetail(session)),
    await check('permissions', () => permissionsDetail(session)),
    await check('clients', () => clientsDetail(userClientConfigs(given, session))),
    await check('registry', () => registryDetail(session)),
    await check('services', () => servicesDetail(found)),
    await check('settings', () => settingsDetail(found), 'warn'),
    await check('records', () => recordsDetail(found), 'warn'),
    await check('secrets', () => secretsDetail(session), 'warn'),
    await check('processes', () => leftoversDetail(session.cwd, found), 'warn'),
    await check('token', () => tokenDetail(session), 'warn'),
    await check('tools', () => toolsDetail(found), 'warn'),
    await check('launch', () => launchDetail(session, found)),
    await check('context', () => contextDetail(found), 'warn'),
  ];
  const ok = checks.every(({ status }) => status !== 'fail');
  if (output.json) output.value({ ok, checks, ...(given.has('fix') ? { fixed } : {}) });
  else {
    for (const text of fixed) output.line(`fixed: ${text}`, 'good');
    if (given.has('fix') && fixed.length === 0) output.line('nothing to fix safely');
    const rows = checks.map(({ name, status, detail }) => [name, status, detail]);
    output.table([], rows, (row) => TONES[checks[row]?.status ?? 'fail']);
    for (const { name, fix } of checks) if (fix !== undefined) output.line(`${name}: ${fix}`);
  }
  return ok ? ExitCode.done : ExitCode.failed;
}

/** Shows the settings of a daemon that is started here without flags. */
function showConfig(given: ParsedArgs, { env, output }: CommandContext): number {
  const texts = given.texts();
  const tables = [
    ['clarityd', shownSettings(daemonSettings, resolveSettings(daemonSettings, {}, env))],
    ['clarityctl', shownSettings(clientSettings, resolveSettings(clientSettings, texts, env))],
    ['compiler', shownSettings(compilerSettings, resolveSettings(compilerSettings, texts, env))],
  ] as const;
  if (output.json) output.value(Object.fromEntries(tables));
  else {
    const rows = tables.flatMap(([program, settings]) =>
      settings.map(({ name, value, source }) => [program, name, value, source]),
    );
    output.table(['PROGRAM', 'SETTING', 'VALUE', 'FROM'], rows);
  }
  return ExitCode.done;
}
