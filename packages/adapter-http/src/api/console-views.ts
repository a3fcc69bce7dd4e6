import {
  problemCommand,
  type CallReply,
  type ConsoleRow,
  type MinuteReply,
  type ProblemReply,
  type SeenClientReply,
} from '@clarity-runtime/api-contract';
import type { CallRecord, MinuteFigures, ProblemGroup, ServiceRow } from '@clarity-runtime/core';
import { defined, STATUS_WORDS, type CallingClient, type StatusWord } from '@clarity-runtime/core/internal';

/** Returns a row of the table of services. Members without a value are absent, so that a thousand rows stay small. */
export const rowView = ({
  serviceId,
  namespace,
  displayName,
  originType,
  what,
  isEnabled,
  state,
  since,
  problemId,
  calls,
  failed,
  p95Ms,
  tools,
  tokens,
  restarts,
  retryAt,
  held,
  startLine,
}: ServiceRow): ConsoleRow =>
  defined({
    id: serviceId,
    ns: namespace,
    name: displayName,
    kind: originType,
    what,
    state,
    since,
    cause: problemId,
    calls,
    failed,
    p95Ms,
    tools,
    tokens,
    restarts,
    retryAt,
    held: held === 0 ? undefined : held,
    line: startLine,
    off: isEnabled ? undefined : (true as const),
  });

/** Returns a problem with the command that fixes it. */
export const problemView = (group: ProblemGroup, cli: string): ProblemReply => ({
  ...group,
  services: group.services.map(({ id }) => id),
  fix: { ...group.fix, command: problemCommand(group.services[0]?.namespace ?? '', group.fix, cli) },
});

/** Returns the number of services in each state. */
export function stateCounts(rows: readonly Pick<ServiceRow, 'state'>[]): Readonly<Record<StatusWord, number>> {
  const counts = Object.fromEntries(STATUS_WORDS.map((word) => [word, 0])) as Record<StatusWord, number>;
  for (const { state } of rows) counts[state] += 1;
  return counts;
}

export const minuteView = ({ services, ...figures }: MinuteFigures): MinuteReply => ({
  at: new Date().toISOString(),
  windowSeconds: 60,
  ...figures,
  callsPerSecond: Math.round((figures.calls / 60) * 100) / 100,
  rssBytes: process.memoryUsage.rss(),
  services: services.map(({ serviceId, ...rest }) => ({ id: serviceId, ...rest })),
});

/** Returns a client that called tools. */
export const clientView = ({ name, version, caller, lastCallMs, calls, failed }: CallingClient): SeenClientReply => ({
  name,
  ...(version === undefined ? {} : { version }),
  caller,
  ...(caller.profile === undefined ? {} : { profile: caller.profile }),
  lastCallAt: new Date(lastCallMs).toISOString(),
  calls24h: calls,
  failed24h: failed,
});

export const callView = ({ seq, endedAtMs, namespace, ...call }: CallRecord): CallReply => ({
  id: String(seq),
  at: new Date(endedAtMs).toISOString(),
  service: namespace,
  ...call,
});
