import type { Manifest, StartSettings } from '@clarity-runtime/core';
import type { ServiceReply } from '@clarity-runtime/api-contract';
import type { Flags, ParsedArgs } from '../arguments/command-grammar.ts';
import { ExitCode, usageError } from '../support/cli-error.ts';
import type { CommandContext } from './command-context.ts';
import type { Output } from '../terminal/output.ts';
import { startService } from './start-service.ts';
import { endpointOf, printEndpoints, printOffered, printState, printWarnings } from './render.ts';

/** Flag of commands that register: do not start the service, which also skips reading its interface. */
export const noStartFlag: Flags = {
  'no-start': { type: 'switch', describe: 'register the service without starting it' },
};

/** Flag of commands that start a child process or a remote service. */
export const startTimeoutFlag: Flags = {
  'start-timeout': {
    type: 'text',
    describe: 'start limit of the service, 1s to 10m, for example 90s',
    fallbackText: '60s; 5m for npx, uvx, docker',
  },
};

/** Returns `spec.start` of `--start-timeout`: the total limit, and the idle limit raised to it. */
export function startSettings(given: ParsedArgs): StartSettings | undefined {
  const text = given.text('start-timeout');
  if (text === undefined) return undefined;
  const ms = durationMs(text.trim());
  if (ms === undefined || ms < 1_000 || ms > 600_000) {
    throw usageError(`--start-timeout must be a duration from 1s to 10m, not '${text}'`);
  }
  return { idleMs: ms, maxMs: ms };
}

/** Returns the milliseconds of `1500ms`, `90s` or `2m`; undefined for another text. */
function durationMs(text: string): number | undefined {
  const [, amount, unit] = /^(\d{1,9})(ms|s|m)$/.exec(text) ?? [];
  if (amount === undefined) return undefined;
  return Number(amount) * { ms: 1, s: 1_000, m: 60_000 }[unit as 'ms' | 's' | 'm'];
}

/** A manifest to register and the flags of the command, which hints may name. */
export interface ServiceRegistration {
  readonly manifest: Manifest;
  readonly flags: Flags;
}

/**
 * Registers a service, starts it unless `--no-start` is set, and prints the outcome. The service stays registered when
 * the start fails.
 */
export async function register(
  session: CommandContext,
  given: ParsedArgs,
  { manifest, flags }: ServiceRegistration,
): Promise<number> {
  const { api } = session;
  const { service } = await api.apply(manifest);
  return startRegistered(session, given, { service, flags });
}

/** Starts a registered service unless it is disabled or `--no-start` is set, and prints the outcome. */
export async function startRegistered(
  session: CommandContext,
  given: ParsedArgs,
  { service, flags }: { readonly service: ServiceReply; readonly flags: Flags },
): Promise<number> {
  const isLeft = given.has('no-start') || isLeftDisabled(session.output, service);
  tell(session, isLeft ? service : await startService(session, service, { flags }));
  return ExitCode.done;
}

/** Returns whether an operator has disabled a service, which a new build or target does not change, and says so. */
export function isLeftDisabled(output: Output, { namespace, runtime }: ServiceReply): boolean {
  if (runtime.enabled) return false;
  output.note(`${namespace} stays disabled; \`clarityctl enable ${namespace}\` starts it`);
  return true;
}

function tell(session: CommandContext, service: ServiceReply): void {
  const { api, output } = session;
  printWarnings(output, service);
  const { serviceId, namespace, interfaceSnapshot } = service;
  if (output.json) {
    const tools = (interfaceSnapshot?.tools ?? []).map(({ name }) => name);
    output.value({ ok: true, serviceId, namespace, endpoint: endpointOf(api), tools, service });
    return;
  }
  printState(output, service);
  if (interfaceSnapshot === undefined) return;
  printOffered(output, interfaceSnapshot);
  printEndpoints(session, namespace);
}
