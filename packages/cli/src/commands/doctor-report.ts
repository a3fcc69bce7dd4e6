import { embeddedCaller } from '@clarity-runtime/core';
import { type ClientSetup } from '@clarity-runtime/core/internal';
import { CliError, ExitCode, usageError } from '../support/cli-error.ts';
import { findNamedService } from '../command-support/find-service.ts';
import { namesFlag } from '../command-support/flags.ts';
import { userClientConfigs } from '../command-support/user-clients.ts';
import type { CommandContext } from '../command-support/command-context.ts';
import { clientSettings, compilerSettings } from '../settings/client-settings.ts';
import { daemonSettings } from '../settings/daemon-settings.ts';
import { resolveSettings } from '../settings/setting.ts';
import { shownSettings } from '../settings/shown-settings.ts';
import type { ParsedArgs } from '../arguments/command-grammar.ts';
import {
  compilerDetail,
  daemonDetail,
  lockDetail,
  nodeDetail,
  permissionsDetail,
  portDetail,
  workspaceDetail,
} from './doctor-checks.ts';
import { RECEIVERS, toolsDetail, type Receiver } from './doctor-tools.ts';
import { accessTokensDetail } from './doctor-tokens.ts';
import { leftoversDetail, tokenDetail } from './doctor-processes.ts';
import { launchDetail } from './doctor-launch.ts';
import { clientFilesDetail, importsDetail } from './doctor-clients.ts';
import { contextDetail } from './doctor-context.ts';
import { check, type Examined } from './doctor-findings.ts';
import { fixSafely } from './doctor-fixes.ts';
import { registryDetail } from './doctor-registry.ts';
import { recordsDetail, secretsDetail, servicesDetail, settingsDetail, type SeenServices } from './doctor-services.ts';

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

const TONES = { pass: 'good', warn: 'careful', fail: 'bad' } as const;

/** `clarityctl doctor`: runs every check and prints the findings with their fixes. */
export async function examine(given: ParsedArgs, session: CommandContext): Promise<number> {
  const fixed = given.has('fix') ? await fixSafely(session) : [];
  const { compilerBin } = resolveSettings(compilerSettings, given.texts(), session.env);
  const services = await session.api.services().catch(() => undefined);
  const named = given.text('service');
  const found = services && named !== undefined ? onlyService(services, named) : services;
  const receivers = receiversOf(given);
  const clients = userClientConfigs(given, session);
  const machine = [
    await check('daemon', () => daemonDetail(session)),
    await check('compiler', () => compilerDetail(session, compilerBin.value)),
    await check('workspace', () => workspaceDetail(session)),
    await check('node', () => nodeDetail()),
    await check('port', () => portDetail(session)),
    await check('lock', () => lockDetail(session)),
    await check('permissions', () => permissionsDetail(session)),
    await check('clients', () => clientsDetail(clients)),
    await check('client files', () => clientFilesDetail(session, clients, services), 'warn'),
    await check('imports', () => importsDetail(session), 'warn'),
    await check('registry', () => registryDetail(session)),
    await check('records', () => recordsDetail(services), 'warn'),
    await check('secrets', () => secretsDetail(session), 'warn'),
    await check('processes', () => leftoversDetail(session.cwd, services), 'warn'),
    await check('token', () => tokenDetail(session), 'warn'),
    await check('access tokens', () => accessTokensDetail(session), 'warn'),
    await check('context', () => contextDetail(session, services), 'warn'),
  ];
  const own = [
    await check('services', () => servicesDetail(found)),
    await check('settings', () => settingsDetail(found), 'warn'),
    await check('tools', () => toolsDetail(found, receivers), 'warn'),
    await check('launch', () => launchDetail(session, found)),
  ];
  return report(given, session, { examined: named === undefined ? [...machine, ...own] : own, fixed });
}

function report(
  given: ParsedArgs,
  { output }: CommandContext,
  { examined, fixed }: { readonly examined: readonly Examined[]; readonly fixed: readonly string[] },
): number {
  const checks = examined.map((one) => one.check);
  const findings = examined.flatMap((one) => one.findings);
  const ok = checks.every(({ status }) => status !== 'fail');
  if (output.json) output.value({ ok, checks, findings, ...(given.has('fix') ? { fixed } : {}) });
  else {
    for (const text of fixed) output.line(`fixed: ${text}`, 'good');
    if (given.has('fix') && fixed.length === 0) output.line('nothing to fix safely');
    const rows = checks.map(({ name, status, detail }) => [name, status, detail]);
    output.table([], rows, (row) => TONES[checks[row]?.status ?? 'fail']);
    for (const { id, service, fix } of findings) {
      if (fix !== undefined) output.advice(`${service === undefined ? id : `${id} ${service}`}: ${fix}`);
    }
  }
  return ok ? ExitCode.done : ExitCode.failed;
}

/** Returns the list with one service. @throws CliError with the nearest name. */
const onlyService = (services: NonNullable<SeenServices>, named: string): NonNullable<SeenServices> => ({
  ...services,
  items: [findNamedService(services.items, named)],
});

/** Returns the model APIs of `--for`; undefined without it. */
function receiversOf(given: ParsedArgs): readonly Receiver[] | undefined {
  return namesFlag(given, 'for')?.map((name) => {
    const receiver = Object.entries(RECEIVERS).find(([known]) => known === name.toLowerCase())?.[1];
    if (receiver === undefined) throw usageError(`unknown model API '${name}'`, 'use claude, openai or gemini');
    return receiver;
  });
}

/** `clarityctl doctor --config`: shows the settings of a daemon that is started here without flags. */
export function showConfig(given: ParsedArgs, { env, output }: CommandContext): number {
  const texts = given.texts();
  const tables = [
    ['clarityd', shownSettings(daemonSettings, resolveSettings(daemonSettings, {}, env))],
    ['clarityctl', shownSettings(clientSettings, resolveSettings(clientSettings, texts, env))],
    ['compiler', shownSettings(compilerSettings, resolveSettings(compilerSettings, texts, env))],
  ] as const;
  if (output.json) output.value(Object.fromEntries(tables));
  else {
    for (const [program, settings] of tables) {
      output.line(program, 'strong');
      output.table(
        ['SETTING', 'VALUE', 'FROM'],
        settings.map(({ name, value, source }) => [name, value, source]),
      );
      output.line('');
    }
  }
  return ExitCode.done;
}
