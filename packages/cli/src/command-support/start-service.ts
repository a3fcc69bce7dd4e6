import type { ServiceReply } from '@clarity-runtime/api-contract';
import { causeOf, type Remedy } from '@clarity-runtime/core/internal';
import { startProblem } from '../api/api-error.ts';
import { newLines } from '../api/follow.ts';
import type { Flags } from '../arguments/command-grammar.ts';
import { CliError } from '../support/cli-error.ts';
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
  const first = seen;
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
  if (problem === undefined) return service;
  throw withCause(problem, service, newLines(first, (await api.logs(serviceId, LINES)).lines));
}

/** Lines of a log that the daemon writes about a service. */
const OWN_LINE = /^(?:Service |Restart in |Close failed|Remote request failed)/;

const withoutTime = (line: string): string => line.replace(/^\[[\d:.TZ-]{20,30}\] /, '');

/** Returns the problem with the line that matters, unless its message has it already. */
function withCause(problem: CliError, { namespace, manifest }: ServiceReply, lines: readonly string[]): CliError {
  const cause =
    manifest.spec.origin.type === 'local_process'
      ? causeOf(lines.map(withoutTime).filter((line) => !OWN_LINE.test(line)))
      : undefined;
  if (cause === undefined || problem.message.includes(cause.line)) return problem;
  const hint = cause.remedy === undefined ? problem.hint : adviceOf(cause.remedy, namespace);
  return new CliError(`${problem.message}: ${cause.line}`, { hint, code: problem.code, cause: problem });
}

const adviceOf = (remedy: Remedy, namespace: string): string =>
  remedy.kind === 'variable'
    ? `set it: \`clarityctl set ${namespace} env.${remedy.name}=@-\` asks for the value and stores it as a secret`
    : `${remedy.text}; all lines: \`clarityctl logs ${namespace}\``;
