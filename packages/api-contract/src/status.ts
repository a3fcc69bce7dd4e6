import { z } from 'zod';
import { get } from './route.ts';
import { named, time, whole, type Immutable } from './schemas.ts';
import { serviceSummary } from './services.ts';

/** Names of the limits whose refusals the runtime counts. */
export const REFUSAL_LIMITS = [
  'request.too_large',
  'session.too_many',
  'session.over_share',
  'event.over_budget',
  'stream.too_many',
  'stream.too_slow',
  'call.denied',
  'call.too_large',
  'call.over_rate',
  'call.queue_full',
  'call.parked_too_many',
  'question.too_many',
  'subscription.too_many',
  'subscription.over_share',
  'connection.too_many',
  'socket.too_many',
  'reply.too_large',
  'reply.compressed',
  'notice.too_many',
  'log.too_many',
  'list.cut',
  'definition.too_large',
  'text.cut',
] as const;

export const storageState = z.object({
  state: z.enum(['up', 'degraded', 'read-only']),
  reason: z.string().optional(),
  unwritten: whole,
  droppedBefore: whole,
});

export const status = named('Status', () =>
  z.object({
    runtime: z.object({ version: z.string(), pid: whole, uptimeSeconds: whole, instanceId: z.string() }),
    gateway: z.object({ listen: z.string(), mcpPath: z.string(), healthy: z.boolean() }),
    systemTools: z.object({ count: whole, items: z.array(z.string()) }),
    storage: storageState,
    refusals: z.record(z.enum(REFUSAL_LIMITS), whole),
    summary: z.object({
      total: whole,
      running: whole,
      degraded: whole,
      stopped: whole,
      quarantined: whole,
      local: whole,
      remote: whole,
    }),
    services: z.array(serviceSummary),
    lastUpdated: time,
  }),
);

/** The state of the daemon. */
export type StatusReply = Immutable<z.output<typeof status>>;

const settings = named('Settings', () =>
  z.object({
    items: z.array(
      z.object({
        name: z.string().meta({ description: 'The flag, otherwise the variable.' }),
        value: z.string().meta({ description: '`(set)` for a secret, `-` without a value.' }),
        source: z.string(),
      }),
    ),
  }),
);

/** Routes of the state of the runtime. */
export const statusRoutes = {
  getStatus: get('/api/status', 'Returns the state of the runtime, of its store and of all services.', {
    grant: 'read',
    reply: status,
  }),
  getConfig: get('/api/config', 'Returns the settings of the daemon with their sources, without secrets.', {
    grant: 'inspect',
    reply: settings,
  }),
};
