import { join } from 'node:path';
import { open } from 'node:fs/promises';
import type { ServiceSummary } from '@clarity-runtime/api-contract';
import { isAway, pauseFor, newLines } from '../api/follow.ts';
import type { ParsedArgs } from '../arguments/command-grammar.ts';
import type { CommandContext } from '../command-support/command-context.ts';
import type { Command } from '../command-support/command.ts';
import { findNamedService } from '../command-support/find-service.ts';
import { limitFlag, limitOf } from '../command-support/flags.ts';
import { lineFilter, logFilterFlags, timeOf, type LineFilter } from '../command-support/log-filter.ts';
import { CliError, ExitCode } from '../support/cli-error.ts';

const PAUSE_MS = 200;
/** Lines of one request: the maximum of the API. */
const LOOKED_AT = 2_000;
/** Lines that are compared while a log is followed; the daemon accepts 200 lines of a service in a second. */
const FOLLOWED = 500;
const MAX_DAEMON_LOG_BYTES = 256 * 1024;

/** Prints plain lines on a pipe too, for `grep`. */
export const logs: Command = {
  syntax: 'logs [services..]',
  describe: 'show the newest log lines of services; --follow waits for new ones',
  subject: 'ids or namespaces of services; without one, the log of a daemon that `up` has started',
  flags: {
    follow: {
      type: 'switch',
      alias: 'f',
      describe: 'wait for new entries, and reconnect after a restart of the daemon',
    },
    limit: { ...limitFlag('maximum number of lines of each service'), alias: 'n' },
    ...logFilterFlags,
  },
  run: async (given, session) => {
    const limit = limitOf(given, 'limit');
    const accepts = lineFilter(given, Date.now());
    const names = given.list('services');
    if (names.length === 0) return daemonLog(session, limit, accepts);
    const { items } = await session.api.services();
    const found = [...new Set(names.map((name) => findNamedService(items, name)))];
    return serviceLogs(given, session, { found, limit, accepts });
  },
};

interface Wanted {
  readonly found: readonly ServiceSummary[];
  readonly limit: number;
  readonly accepts: LineFilter;
}

async function serviceLogs(
  given: ParsedArgs,
  session: CommandContext,
  { found, limit, accepts }: Wanted,
): Promise<number> {
  const { api, output } = session;
  const follows = given.has('follow');
  const logs = await Promise.all(
    found.map(async (service) => ({ service, reply: await api.logs(service.serviceId, LOOKED_AT) })),
  );
  if (output.isJsonRequested && !follows) {
    const chosen = logs.map(({ reply }) => ({ ...reply, lines: reply.lines.filter(accepts).slice(-limit) }));
    output.value(chosen.length === 1 ? chosen[0] : { items: chosen });
    return ExitCode.done;
  }
  const followed = logs.map(({ service, reply }): Followed => ({ service, shown: reply.lines }));
  const isAlone = followed.length === 1;
  const shown = followed.flatMap(({ service, shown: lines }) =>
    lines
      .filter(accepts)
      .slice(-limit)
      .map((line) => ({ service, line })),
  );
  // The logs of several services are one list in the order of time; a line without a time stays with the one before it.
  if (!isAlone) shown.sort((a, b) => timeOf(a.line) - timeOf(b.line));
  for (const { service, line } of shown) show(session, service, line, isAlone);
  if (follows) await follow(session, followed, { accepts, isAlone });
  return ExitCode.done;
}

interface Followed {
  readonly service: ServiceSummary;
  shown: readonly string[];
}

/** Polls the logs. Ends when a service or the reader is gone. */
async function follow(
  session: CommandContext,
  followed: readonly Followed[],
  { accepts, isAlone }: { readonly accepts: LineFilter; readonly isAlone: boolean },
): Promise<void> {
  const { api, output, unread } = session;
  let wasAway = false;
  for (;;) {
    await pauseFor(PAUSE_MS, unread);
    if (unread?.aborted === true) return;
    try {
      for (const log of followed) {
        const { lines } = await api.logs(log.service.serviceId, FOLLOWED);
        for (const line of newLines(log.shown, lines).filter(accepts)) show(session, log.service, line, isAlone);
        log.shown = lines;
      }
      wasAway = false;
    } catch (error) {
      if (!isAway(error)) throw error;
      if (!wasAway) output.note(`note: ${error.message}; retrying`);
      wasAway = true;
    }
  }
}

/** Prints one JSON document per line with -o json, because the output has no end. */
function show(
  { output }: CommandContext,
  { serviceId, namespace }: ServiceSummary,
  line: string,
  isAlone: boolean,
): void {
  if (output.isJsonRequested) output.record({ serviceId, line });
  else output.line(isAlone ? line : `${namespace} | ${line}`);
}

/** Prints the end of the file that contains the output of a daemon in the background. */
async function daemonLog(
  { output, workspace, cwd }: CommandContext,
  limit: number,
  accepts: LineFilter,
): Promise<number> {
  const path = join(workspace ?? cwd, '.clarity', 'clarityd.log');
  const text = await endOf(path).catch((error: unknown) => {
    throw new CliError(`the daemon has no log at ${path}`, {
      hint: 'name a service: `clarityctl logs <service>`',
      cause: error,
    });
  });
  for (const line of text.trimEnd().split('\n').filter(accepts).slice(-limit)) output.line(line);
  return ExitCode.done;
}

async function endOf(path: string): Promise<string> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const length = Math.min(size, MAX_DAEMON_LOG_BYTES);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, size - length);
    return buffer.subarray(0, bytesRead).toString('utf8');
  } finally {
    await file.close();
  }
}
