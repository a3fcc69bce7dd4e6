import { z } from 'zod';
import { auditEvent, type AuditEventReply } from '@clarity-runtime/api-contract';
import { readReply } from '../api/read-reply.ts';
import { follow } from '../api/follow.ts';
import { ExitCode } from '../support/cli-error.ts';
import { shownTime } from '../terminal/local-time.ts';
import type { CommandContext } from '../command-support/command-context.ts';
import { findService } from '../command-support/find-service.ts';
import { ServiceNames } from '../command-support/service-names.ts';
import type { Command } from '../command-support/command.ts';
import { limitFlag, limitOf } from '../command-support/flags.ts';

const LIMIT = 50;
const dropped = z.object({ missed: z.number().optional(), reason: z.string().optional() });

/** Prints one line for each event; on a pipe, one JSON document for each. */
export const events: Command = {
  syntax: 'events [service]',
  describe: 'show the newest events; --follow waits for new ones',
  subject: 'id or namespace of one service; default: all',
  flags: {
    follow: {
      type: 'switch',
      alias: 'f',
      describe: 'wait for new entries, and reconnect after a restart of the daemon',
    },
    limit: limitFlag('maximum number of events', LIMIT),
  },
  run: async (given, session) => {
    const { api } = session;
    const limit = limitOf(given, 'limit', LIMIT);
    const only = given.text('service') === undefined ? undefined : (await findService(api, given)).serviceId;
    const { items, next } = await api.audit(limit, only);
    const names = await ServiceNames.of(api);
    for (const event of items) show(session, event, names);
    if (!given.has('follow')) return ExitCode.done;
    const frames = follow(api, {
      after: next,
      onGap: (reason) => {
        session.output.note(`note: ${reason}`);
      },
      signal: session.unread,
    });
    // The cursor is older than the newest of the events that were shown.
    const shown = new Set(items.map(({ id }) => id));
    for await (const { event, data } of frames) {
      const value = JSON.parse(data) as unknown;
      const read = readReply(auditEvent, value);
      if (read !== undefined && !shown.has(read.id) && (only === undefined || read.serviceId === only)) {
        await names.learn(read.serviceId);
        show(session, read, names);
      }
      const { missed, reason } = event === 'dropped' ? (dropped.safeParse(value).data ?? {}) : {};
      if (missed !== undefined) session.output.note(`note: ${String(missed)} events are missing`);
      if (reason !== undefined) session.output.note(`note: ${reason}`);
    }
    return ExitCode.done;
  },
};

function show({ output }: CommandContext, event: AuditEventReply, names: ServiceNames): void {
  if (output.json) output.record(event);
  else
    output.line(
      `${shownTime(event.at)}  ${event.kind}  ${names.shown(event.serviceId)}  ${event.message}`,
      event.level === 'error' ? 'bad' : 'plain',
    );
}
