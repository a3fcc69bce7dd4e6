import type { ServiceReply } from '@clarity-runtime/api-contract';
import { newLines } from '../api/follow.ts';
import { startProblem } from '../api/service-problem.ts';
import type { Flags } from '../arguments/command-grammar.ts';
import { withProgress } from '../terminal/progress.ts';
import type { CommandContext } from './command-context.ts';

/** Log lines of a service that are looked at. */
const LINES = 200;

/** The service to start. */
export interface StartedService {
  readonly serviceId: string;
  readonly namespace: string;
}

/** Options of `startService`. */
export interface StartServiceOptions {
  readonly verb?: 'start' | 'restart';
  /** Flags of the command, which hints may name. */
  readonly flags?: Flags;
  /** Called with the reply of the daemon, also when the service did not start. */
  readonly onReply?: (reply: unknown) => void;
}

/**
 * Starts or restarts a service. Shows after one second what it waits for and what the program writes.
 * @throws CliError with the line of the program that explains the failure, and with the command that repairs it.
 */
export async function startService(
  session: CommandContext,
  { serviceId, namespace }: StartedService,
  { verb = 'start', flags = {}, onReply }: StartServiceOptions = {},
): Promise<ServiceReply> {
  const { api, output } = session;
  let seen = (await api.logs(serviceId, LINES)).lines;
  const wait = {
    what: verb === 'start' ? `starting ${namespace}` : `restarting ${namespace}`,
    prefix: namespace,
    newLines: async () => {
      const { lines } = await api.logs(serviceId, LINES);
      const added = newLines(seen, lines);
      seen = lines;
      return added.map(withoutTime);
    },
  };
  const reply = await withProgress(output.progressTo, wait, api[verb](serviceId));
  onReply?.(reply);
  const { service } = reply;
  const problem = startProblem(service, flags);
  if (problem !== undefined) throw problem;
  return service;
}

const withoutTime = (line: string): string => line.replace(/^\[[\d:.TZ-]{20,30}\] /, '');
