import { setTimeout as delay } from 'node:timers/promises';
import type { ApiClient } from '../api-client.ts';
import { ApiRefusal } from '../api/refusal.ts';
import { newLines } from '../api/new-lines.ts';
import { Exit, Problem } from '../problem.ts';
import type { Output } from '../terminal/output.ts';
import type { Command } from './command.ts';
import { findService, SERVICE_SUBJECT } from './find-service.ts';
import { limitFlag, limitOf } from './limits.ts';

const PAUSE_MS = 1_000;
/** More than a service says in a pause, and all that the API gives. */
const LOOKED_AT = 2_000;

/** Plain lines on a pipe too: a log is read by people and by `grep`. */
export const logs: Command = {
  syntax: 'logs <service>',
  describe: 'show the newest log lines of a service, and with --follow those to come',
  subject: SERVICE_SUBJECT,
  flags: {
    follow: { type: 'switch', alias: 'f', describe: 'go on, and come back when the daemon was away' },
    limit: limitFlag('how many lines'),
  },
  run: async (given, { api, output }) => {
    const limit = limitOf(given, 'limit');
    const { serviceId } = await findService(api, given);
    const follows = given.has('follow');
    const reply = await api.logs(serviceId, follows ? LOOKED_AT : limit);
    if (output.asked && !follows) output.value(reply);
    else for (const line of reply.lines.slice(-limit)) output.line(line);
    if (follows) await follow(api, output, { serviceId, shown: reply.lines });
    return Exit.done;
  },
};

interface Followed {
  readonly serviceId: string;
  shown: readonly string[];
}

/** The API has no stream of log lines: they are asked for again and again. Ends when the service is gone. */
async function follow(api: ApiClient, output: Output, followed: Followed): Promise<void> {
  let isAway = false;
  for (;;) {
    await delay(PAUSE_MS);
    try {
      const { lines } = await api.logs(followed.serviceId, LOOKED_AT);
      for (const line of newLines(followed.shown, lines)) output.line(line);
      followed.shown = lines;
      isAway = false;
    } catch (error) {
      if (error instanceof ApiRefusal || !(error instanceof Problem)) throw error;
      if (!isAway) output.note(`note: ${error.message}; waiting for it`);
      isAway = true;
    }
  }
}
