import { z } from 'zod';
import { call, consoleReply, ender, problem, seenClient } from './console-parts.ts';
import { get, GRANTS, NO_SERVICE, type TextReply } from './route.ts';
import { after, limitOr, named, time, whole } from './schemas.ts';

const TOPICS = 'use state, figures, calls and one log:<service id>, separated by commas';
const topics = z
  .string()
  .max(300, TOPICS)
  .regex(/^(?:state|figures|calls|log:[^,]{1,128})(?:,(?:state|figures|calls|log:[^,]{1,128})){0,3}$/, TOPICS)
  .default('state')
  .meta({ description: `${TOPICS}; state when absent.` });

const STREAM: TextReply = {
  contentType: 'text/event-stream',
  description:
    'Events with JSON in `data`. `state`: {changed: ConsoleRow[], removed: ids, counts}. `problems`: {items: Problem[], total}, all of ' +
    'them. `approvals`: {items: ApprovalRequest[]}. `figures`: MinuteFigures, at most every 5 seconds. `calls`: {items: CallRecord[], ' +
    'skipped}. `log`: {service, lines, isTail?}; with `isTail` the lines replace earlier ones. `beat`: {at}, every 10 seconds. ' +
    '`reset`: {reason}; the position is not known, read `/api/console` again. `bye`: {reason}, before the daemon ends the stream.',
};

const STEP = 'use 5, 60 or 120';
const step = (fallback: '5' | '60' | '120') =>
  z
    .enum(['5', '60', '120'], STEP)
    .default(fallback)
    .transform((text) => Number(text) as 5 | 60 | 120)
    .meta({ type: 'integer', enum: [5, 60, 120], description: `Seconds of a point; ${fallback} when absent.` });
const service = z.string().min(1).max(128);
const number = z
  .string()
  .regex(/^\d{1,9}$/, 'use a whole number')
  .transform(Number);

/** Routes of the page: one snapshot, one stream, figures and calls. */
export const consoleRoutes = {
  getConsole: get(
    '/api/console',
    'Returns the services, problems and figures that the caller may read. `ETag` is the cursor.',
    { grant: 'read', reply: consoleReply },
  ),
  watchLive: get(
    '/api/live',
    'Streams changes after a cursor as server-sent events; `Last-Event-ID` has precedence over `after`.',
    {
      grant: 'read',
      query: z.strictObject({ topics, after: after.optional() }),
      reply: STREAM,
      errors: [...NO_SERVICE, 'TOO_MANY_STREAMS', 'SHUTTING_DOWN'],
    },
  ),
  listProblems: get(
    '/api/problems',
    'Returns what is wrong, by urgency: problem, cause, and the command that fixes it.',
    {
      grant: 'read',
      query: z.strictObject({ limit: limitOr(100), after: after.optional() }),
      reply: named('ProblemList', () =>
        z.object({ items: z.array(problem), total: whole, next: z.string().optional() }),
      ),
    },
  ),
  listCalls: get('/api/calls', 'Returns ended tool calls, newest first. The daemon keeps the newest 2,000.', {
    grant: 'inspect',
    query: z.strictObject({
      limit: limitOr(200),
      after: after.optional(),
      service: service.optional().meta({ description: 'Id or namespace.' }),
      client: z.string().min(1).max(128).optional().meta({ description: 'Claimed name, or id of the caller.' }),
      outcome: z.enum(['ok', 'tool_error', 'error', 'denied'], 'use ok, tool_error, error or denied').optional(),
      min_ms: number.optional().meta({ type: 'integer', minimum: 0, description: 'Least duration in milliseconds.' }),
    }),
    reply: named('CallList', () => z.object({ items: z.array(call), next: z.string().optional() })),
  }),
  listClients: get(
    '/api/clients',
    'Returns the clients of the newest 2,000 tool calls, the latest caller first. Their counts are of the last 24 hours.',
    {
      grant: 'inspect',
      reply: named('SeenClientList', () => z.object({ items: z.array(seenClient) })),
    },
  ),
  getSeries: get(
    '/api/metrics/series',
    'Returns the figures of the last hour, of one service or of all. Percentiles of one service need a step of 60.',
    {
      grant: 'read',
      query: z.strictObject({ service: service.optional(), step: step('60') }),
      reply: named('FigureSeries', () =>
        z.object({
          from: time,
          step: whole,
          series: z.object({
            calls: z.array(whole),
            failed: z.array(whole),
            p50Ms: z.array(z.number().nullable()),
            p95Ms: z.array(z.number().nullable()),
          }),
        }),
      ),
      errors: NO_SERVICE,
    },
  ),
  getSparks: get('/api/metrics/sparks', 'Returns calls per step for at most 100 services, oldest first.', {
    grant: 'read',
    query: z.strictObject({
      ids: z
        .string()
        .min(1)
        .max(13_000)
        .transform((text) => text.split(','))
        .pipe(z.array(service).max(100, 'use at most 100 ids'))
        .meta({ type: 'string', description: 'Service ids, separated by commas.' }),
      step: step('120'),
      points: number
        .pipe(z.int().min(1).max(120))
        .default(30)
        .meta({ type: 'integer', minimum: 1, maximum: 120, description: '30 when absent.' }),
    }),
    reply: named('Sparks', () => z.object({ step: whole, points: whole, items: z.record(z.string(), z.array(whole)) })),
  }),
  whoami: get('/api/whoami', 'Returns the caller of this request and its verbs.', {
    grant: 'read',
    reply: named('WhoAmI', () => z.object({ caller: ender, grants: z.array(z.enum(GRANTS)) })),
  }),
};
