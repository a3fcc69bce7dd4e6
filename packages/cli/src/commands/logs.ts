import { isAway, pauseFor, newLines } from '../api/follow.ts';
import { ExitCode } from '../support/cli-error.ts';
import type { CommandContext } from '../command-support/command-context.ts';
import type { Command } from '../command-support/command.ts';
import { findService, SERVICE_SUBJECT } from '../command-support/find-service.ts';
import { limitFlag, limitOf } from '../command-support/flags.ts';

const PAUSE_MS = 1_000;
/** Lines of one request: the maximum of the API. */
const LOOKED_AT = 2_000;

/** Prints plain lines on a pipe too, for `grep`. */
export const logs: Command = {
  syntax: 'logs <service>',
  describe: 'show the newest log lines of a service; --follow waits for new ones',
  subject: SERVICE_SUBJECT,
  flags: {
    follow: {
      type: 'switch',
      alias: 'f',
      describe: 'wait for new entries, and reconnect after a restart of the daemon',
    },
    limit: limitFlag('maximum number of lines'),
  },
  run: async (given, session) => {
    const { api, output } = session;
    const limit = limitOf(given, 'limit');
    const { serviceId } = await findService(api, given);
    const follows = given.has('follow');
    const reply = await api.logs(serviceId, follows ? LOOKED_AT : limit);
    if (output.isJsonRequested && !follows) output.value(reply);
    else show(session, serviceId, reply.lines.slice(-limit));
    if (follows) await follow(session, { serviceId, shown: reply.lines });
    return ExitCode.done;
  },
};

interface Followed {
  readonly serviceId: string;
  shown: readonly string[];
}

/** Polls the log, because the API has no stream of log lines. Ends when the service or the reader is gone. */
async function follow(session: CommandContext, followed: Followed): Promise<void> {
  const { api, output, unread } = session;
  let wasAway = false;
  for (;;) {
    await pauseFor(PAUSE_MS, unread);
    if (unread?.aborted === true) return;
    try {
      const { lines } = await api.logs(followed.serviceId, LOOKED_AT);
      show(session, followed.serviceId, newLines(followed.shown, lines));
      followed.shown = lines;
      wasAway = false;
    } catch (error) {
      if (!isAway(error)) throw error;
      if (!wasAway) output.note(`note: ${error.message}; retrying`);
      wasAway = true;
    }
  }
}

/** Prints one JSON document per line with --json, because the output has no end. */
function show({ output }: CommandContext, serviceId: string, lines: readonly string[]): void {
  for (const line of lines) {
    if (output.isJsonRequested) output.record({ serviceId, line });
    else output.line(line);
  }
}
