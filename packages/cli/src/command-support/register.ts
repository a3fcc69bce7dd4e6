import type { Manifest } from '@clarity-runtime/core';
import type { ServiceReply } from '@clarity-runtime/api-contract';
import { assertRunning } from '../api/api-error.ts';
import type { Flags, ParsedArgs } from '../arguments/command-grammar.ts';
import { ExitCode } from '../support/cli-error.ts';
import type { CommandContext } from './command-context.ts';
import { endpointOf, printEndpoints, printOffered, printState } from './render.ts';

/** Flag of commands that register: do not start the service, which also skips reading its interface. */
export const noStartFlag: Flags = {
  'no-start': { type: 'switch', describe: 'register the service without starting it' },
};

/**
 * Registers a service, starts it unless `--no-start` is set, and prints the outcome. The service stays registered when
 * the start fails.
 */
export async function register(session: CommandContext, given: ParsedArgs, manifest: Manifest): Promise<number> {
  const { api } = session;
  const { service: applied } = await api.apply(manifest);
  if (given.has('no-start')) {
    tell(session, applied);
    return ExitCode.done;
  }
  const { service } = await api.start(applied.serviceId);
  assertRunning(service);
  tell(session, service);
  return ExitCode.done;
}

function tell(session: CommandContext, service: ServiceReply): void {
  const { api, output } = session;
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
