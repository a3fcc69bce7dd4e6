import { z } from 'zod';
import { GRANTS } from './route.ts';
import { named, time, whole, type Immutable } from './schemas.ts';
import { ERROR_CODES } from './errors.ts';
import { approvalRequest } from './reviews.ts';
import { problemFix } from './service-parts.ts';
import { storageState } from './status.ts';

/** Words for the state of a service: those of `clarityctl list`. */
export const STATE_WORDS = [
  'new',
  'starting',
  'ready',
  'degraded',
  'login',
  'retrying',
  'failing',
  'stopping',
  'stopped',
  'quarantined',
] as const;

const state = z.enum(STATE_WORDS);
const figures = { calls: whole, failed: whole, p50Ms: z.number().optional(), p95Ms: z.number().optional() };

const row = named('ConsoleRow', () =>
  z.object({
    id: z.string(),
    ns: z.string(),
    name: z.string().optional(),
    kind: z.string().meta({ description: 'The type of its origin.' }),
    what: z.string().meta({ description: 'Command or address, as far as the caller may read it.' }),
    state,
    since: time.optional(),
    cause: z.string().optional().meta({ description: 'Id of its problem.' }),
    calls: whole.meta({ description: 'Calls of the last 60 seconds.' }),
    failed: whole,
    p95Ms: z.number().optional(),
    tools: whole,
    tokens: whole.meta({ description: 'Estimate: bytes of its list of tools divided by 4.' }),
    restarts: whole,
    retryAt: time.optional(),
    held: whole.optional().meta({ description: 'Entries of its interface that wait for an operator.' }),
    line: z.string().optional().meta({ description: 'Newest line of stderr during a start.' }),
    off: z.literal(true).optional().meta({ description: 'The manifest disables it.' }),
  }),
);

export const problem = named('Problem', () =>
  z.object({
    id: z.string(),
    code: z.enum(ERROR_CODES),
    severity: z.enum(['error', 'warn']),
    state,
    since: time.optional(),
    count: whole.meta({ description: 'Number of services with this problem.' }),
    services: z.array(z.string()).meta({ description: 'Ids, at most 50.' }),
    source: z.enum(['output', 'connection', 'interface', 'runtime']),
    line: z.string().meta({ description: 'The line that explains it, at most 500 characters.' }),
    meaning: z.string(),
    restarts: whole,
    retryAt: time.optional(),
    host: z.string().optional(),
    fix: problemFix.extend({
      command: z.string().meta({ description: 'The command for the first of the services.' }),
    }),
  }),
);

export const minute = named('MinuteFigures', () =>
  z.object({
    at: time,
    windowSeconds: z.literal(60),
    ...figures,
    callsPerSecond: z.number(),
    inFlight: whole,
    waiting: whole,
    rssBytes: whole,
    services: z
      .array(z.object({ id: z.string(), ...figures }))
      .meta({ description: 'In the stream those that differ from the event before.' }),
  }),
);

export const ender = z.object({ kind: z.string(), id: z.string(), door: z.string(), profile: z.string().optional() });
export const call = named('CallRecord', () =>
  z.object({
    id: z.string(),
    at: time.meta({ description: 'End of the call.' }),
    serviceId: z.string(),
    service: z.string().meta({ description: 'Namespace.' }),
    tool: z.string(),
    outcome: z.enum(['ok', 'tool_error', 'error', 'denied']),
    code: z.enum(ERROR_CODES).optional(),
    reason: z.string().optional(),
    durationMs: z.number(),
    requestBytes: whole,
    responseBytes: whole,
    caller: ender,
    client: z
      .object({ name: z.string(), version: z.string() })
      .optional()
      .meta({ description: 'As the client claims.' }),
  }),
);

export const seenClient = named('SeenClient', () =>
  z.object({
    name: z.string().meta({ description: 'As the client claims; the id of its caller without a claim.' }),
    version: z.string().optional(),
    caller: ender,
    profile: z.string().optional(),
    lastCallAt: time,
    calls24h: whole,
    failed24h: whole,
  }),
);

export const consoleReply = named('Console', () =>
  z.object({
    cursor: z.string().meta({ description: 'For `after` of `/api/live`.' }),
    runtime: z.object({
      version: z.string(),
      instanceId: z.string(),
      startedAt: time,
      uptimeSeconds: whole,
      pid: whole,
      rssBytes: whole,
      listen: z.string(),
      mcpPath: z.string(),
      cli: z.string().meta({ description: 'The command line program as a user types it.' }),
    }),
    storage: storageState,
    counts: z.record(state, whole),
    services: z.array(row).meta({ description: 'By namespace.' }),
    problems: z.array(problem).meta({ description: 'By urgency, at most 100.' }),
    problemCount: whole,
    approvals: z.array(approvalRequest).meta({ description: 'Empty for a caller that may not decide.' }),
    figures: minute,
    grants: z.array(z.enum(GRANTS)).meta({ description: 'Verbs of the caller, for some service.' }),
  }),
);

/** The snapshot that the status page starts with. */
export type ConsoleReply = Immutable<z.output<typeof consoleReply>>;
/** A service in the snapshot of the status page. */
export type ConsoleRow = Immutable<z.output<typeof row>>;
/** A problem of a service with its fix. */
export type ProblemReply = Immutable<z.output<typeof problem>>;
/** Figures of the calls of one minute. */
export type MinuteReply = Immutable<z.output<typeof minute>>;
/** A recorded call in a reply. */
export type CallReply = Immutable<z.output<typeof call>>;
/** A client that called tools. */
export type SeenClientReply = Immutable<z.output<typeof seenClient>>;
