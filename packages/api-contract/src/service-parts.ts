import { z } from 'zod';
import { ERROR_CODES } from './errors.ts';
import { named, time, whole } from './schemas.ts';

/** Progress of a start: its beginning and the newest line of stderr. */
export const starting = z.object({ since: time, line: z.string().optional() });

const modelProblem = z.object({ rule: z.string(), receivers: z.array(z.string()), problem: z.string() });
/** Tools that the APIs of models refuse, under their names and definitions on `/mcp` and on `/mcp/<service>`. */
export const compatibility = z.array(
  z.object({
    tool: z.string(),
    name: z.string(),
    isRepaired: z.boolean(),
    problems: z.array(modelProblem),
    ownProblems: z.array(modelProblem),
  }),
);

/** The remedy of a problem: an edge writes the command for it with `problemCommand`. */
export const problemFix = z.object({
  kind: z.enum([
    'set_variable',
    'replace_secret',
    'follow',
    'sign_in',
    'raise_start_timeout',
    'clear_quarantine',
    'retry',
    'review_change',
    'start',
  ]),
  name: z.string().optional().meta({ description: 'The variable to set.' }),
  ref: z.string().optional().meta({ description: 'The credential to replace.' }),
  text: z.string().optional().meta({ description: 'The remedy as a sentence.' }),
});

/** The problem of a service. Callers that may read its output get the line of the program that explains it. */
export const serviceProblem = named('ServiceProblem', () =>
  z.object({
    code: z.enum(ERROR_CODES),
    line: z.string().meta({ description: 'The line that explains it, at most 500 characters.' }),
    fix: problemFix,
  }),
);

/** The circuit breaker of a service; absent while it is closed. */
export const circuit = z.object({
  state: z.enum(['open', 'half_open', 'held']),
  openings: whole,
  calls: whole,
  failures: whole,
  windowMs: whole,
  errorRate: z.number(),
  retryAt: time,
  lastError: z.string(),
});

/** Settings of the manifest or of its policy that have no effect, as sentences. */
export const warnings = z.array(z.string()).optional();

export const lifecycle = z.enum([
  'REGISTERED',
  'STARTING',
  'RUNNING',
  'STOPPING',
  'STOPPED',
  'CRASHED',
  'NEEDS_LOGIN',
  'QUARANTINED',
]);
export const health = z.enum(['UNKNOWN', 'HEALTHY', 'DEGRADED', 'TIMEOUT', 'UNAUTHORIZED', 'UNREACHABLE']);

const toolNames = z.array(z.string().min(1).max(1_024)).max(2_000).optional();
export const surfaceBody = z.strictObject({
  hide: toolNames,
  show: toolNames,
  /** `digest` of the record that the change replaces; that of the moment when absent. */
  digest: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional(),
});
export const removeServiceBody = z.strictObject({ cleanup_artifacts: z.boolean().optional() });
