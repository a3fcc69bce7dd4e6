import { fixOf } from '../api/service-problem.ts';
import { ExitCode } from '../support/cli-error.ts';
import { shownTime } from '../terminal/local-time.ts';
import type { ServiceSummary } from '@clarity-runtime/api-contract';
import type { Command } from '../command-support/command.ts';
import type { CommandContext } from '../command-support/command-context.ts';
import { findService, SERVICE_SUBJECT } from '../command-support/find-service.ts';
import { limitFlag, limitOf } from '../command-support/flags.ts';
import { duration, endpointOf, printOffered } from '../command-support/render.ts';
import { kindOf, placeOf, serviceWord } from '../command-support/service-table.ts';

const LOGS = 50;
const EVENTS = 100;
const CALLS = 20;

export const details: Command = {
  syntax: 'details <service>',
  describe: 'show a service with its tools, logs, events and calls',
  subject: SERVICE_SUBJECT,
  flags: {
    'log-limit': limitFlag('maximum number of log lines', LOGS),
    'event-limit': limitFlag('maximum number of events', EVENTS),
    'call-limit': limitFlag('maximum number of calls', CALLS),
  },
  run: async (given, session) => {
    const { api, output } = session;
    const limits = {
      logs: limitOf(given, 'log-limit', LOGS),
      events: limitOf(given, 'event-limit', EVENTS),
      calls: limitOf(given, 'call-limit', CALLS),
    };
    const { serviceId } = await findService(api, given);
    const found = await api.details(serviceId, limits);
    if (output.json) {
      output.value(found);
      return ExitCode.done;
    }
    const { summary, service, interface: offered, logs, events } = found;
    printSummary(session, summary);
    const { lastError, problem, hint } = summary;
    if (problem !== undefined) output.line(`problem: ${problem.line}`, 'bad');
    if (lastError !== undefined && !sameText(problem?.line, lastError)) output.line(`last error: ${lastError}`, 'bad');
    if (problem !== undefined) output.line(`fix: ${output.working(fixOf(summary))}`);
    else if (hint !== undefined) output.line(`hint: ${hint}`);
    for (const warning of summary.warnings ?? []) output.line(`warning: ${warning}`, 'careful');
    const { compiler } = service.artifact ?? {};
    if (compiler !== undefined) output.line(`built by ${compiler.name} ${compiler.version}`);
    output.line('');
    printOffered(output, offered);
    output.line('');
    output.table(
      ['AT', 'WHAT', 'MESSAGE'],
      events.map(({ at, kind, message }) => [shownTime(at), kind, message]),
    );
    output.line('');
    for (const line of logs) output.line(line);
    return ExitCode.done;
  },
};

const sameText = (a: string | undefined, b: string): boolean => a?.trim() === b.trim();

/** Prints the state of a service, one line for each property. */
function printSummary({ api, cwd, output }: CommandContext, summary: ServiceSummary): void {
  const { namespace, serviceId, originType, health, uptimeSeconds, restartCount, calls, policy, retryAt } = summary;
  const { mode, maxRestarts, windowSeconds } = policy.restart;
  const limit = mode === 'never' ? '' : `, at most ${String(maxRestarts)} in ${String(windowSeconds)} s`;
  output.table(
    [],
    [
      ['name', namespace],
      ['id', serviceId],
      [
        'status',
        `${serviceWord(summary)} (${summary.lifecycle}, ${health})${retryAt === undefined ? '' : `, next try at ${shownTime(retryAt)}`}`,
      ],
      ['kind', kindOf(originType)],
      ['from', placeOf(cwd, summary)],
      ...(summary.lifecycle === 'RUNNING' ? [['uptime', duration(uptimeSeconds)]] : []),
      ['restarts', `${String(restartCount)}; restart ${mode}${limit}`],
      [
        'calls',
        `${String(calls.inFlight)} in flight, ${String(calls.waiting)} waiting, ${String(calls.refused)} refused`,
      ],
      ['endpoint', `${endpointOf(api)}/${namespace}`],
    ],
  );
}

/** The same as `details`, by the name that users of other tools know. */
export const describeCommand: Command = {
  ...details,
  syntax: 'describe <service>',
  aliases: ['get'],
  describe: 'alias of `details`',
};
