import { z } from 'zod';
import { del, get, post } from './route.ts';
import { named, noBody, time, whole, type Immutable } from './schemas.ts';

const scopes = ['user', 'project', 'local', 'all'] as const;
const scope = z.enum(['user', 'project', 'local']);

const place = z.object({ client: z.string(), scope, path: z.string(), name: z.string() });

const plannedServer = z.object({
  action: z.enum(['new', 'same', 'conflict', 'unsupported']),
  name: z.string(),
  from: z.array(place),
  enabled: z.boolean(),
  starts: z.string().meta({ description: 'Command or address without secrets.' }),
  secrets: z.array(z.string()).meta({ description: 'Names of the values that go to the secret store.' }),
  needs: z.array(
    z.object({
      name: z.string(),
      description: z.string().optional(),
      secret: z.boolean(),
      fallback: z.string().optional(),
    }),
  ),
  login: z.boolean(),
  notes: z.array(z.string()),
  reason: z.string().optional(),
  serviceId: z.string().optional(),
});

const readFile = z.object({
  client: z.string(),
  scope,
  path: z.string(),
  servers: whole,
  problem: z.string().optional(),
});

const record = z.object({
  id: z.string(),
  at: time,
  complete: z.boolean(),
  services: z.array(z.string()),
  files: z.array(z.string()),
});

export const importPlan = named('ImportPlan', () =>
  z.object({
    digest: z.string().meta({ description: 'For the import of this plan; valid until the daemon stops.' }),
    servers: z.array(plannedServer),
    files: z.array(readFile),
    others: whole.meta({ description: 'Number of servers of project files that the scope leaves out.' }),
    imports: z.array(record).meta({ description: 'Earlier imports, the newest first.' }),
  }),
);

const outcome = z.object({
  name: z.string(),
  ok: z.boolean(),
  serviceId: z.string().optional(),
  state: z.string().optional(),
  error: z.string().optional(),
  hint: z.string().optional().meta({ description: 'The remedy of the error.' }),
});

const rewired = z.object({
  client: z.string(),
  path: z.string(),
  names: z.array(z.string()),
  problem: z.string().optional(),
});

export const importResult = named('ImportResult', () =>
  z.object({
    ok: z.boolean(),
    id: z.string(),
    results: z.array(outcome),
    rewired: z.array(rewired),
    warnings: z.array(z.string()),
  }),
);

export const undoneImport = named('UndoneImport', () =>
  z.object({
    ok: z.boolean(),
    steps: z.array(
      z.object({
        what: z.enum(['file', 'service', 'secret', 'token']),
        name: z.string(),
        result: z.enum(['restored', 'merged', 'unchanged', 'removed', 'kept', 'failed']),
        reason: z.string().optional(),
      }),
    ),
  }),
);

/** The plan of an import. */
export type ImportPlanReply = Immutable<z.output<typeof importPlan>>;
/** The result of an import. */
export type ImportResultReply = Immutable<z.output<typeof importResult>>;
/** The result of an undo. */
export type UndoneImportReply = Immutable<z.output<typeof undoneImport>>;

const MAX_SERVERS = 512;
const MAX_CLIENTS = 32;
const name = z.string().min(1).max(200);
const answer = z.string().max(16 * 1024);

const importQuery = z.strictObject({
  scope: z.enum(scopes).default('user').meta({ description: 'Which files are read; `user` when absent.' }),
  clients: z.string().max(1_000).optional().meta({ description: 'Comma-separated names of clients; all when absent.' }),
});

const importBody = z.strictObject({
  digest: z.string().regex(/^[0-9a-f]{64}$/, 'use the `digest` of `GET /api/import`'),
  scope: z.enum(scopes).default('user'),
  clients: z.array(name).max(MAX_CLIENTS).optional(),
  /** Names of the plan; all new servers when absent. */
  only: z.array(name).max(MAX_SERVERS).optional(),
  except: z.array(name).max(MAX_SERVERS).default([]),
  /** Other names of services, by the name of the plan. */
  renamed: z.record(name, name).default({}),
  /** Values of `needs`, by the name of the plan and the name of the value. A server without all of them is disabled. */
  answers: z.record(name, z.record(name, answer)).default({}),
  rewire: z.boolean().default(false),
  start: z.boolean().default(true),
});

/** Which configurations the plan is about. */
export type ImportQuery = Immutable<z.output<typeof importQuery>>;
/** The parts of a plan that are imported. */
export type ImportBody = Immutable<z.output<typeof importBody>>;

/** Routes of the import of servers from the configurations of AI clients of the user of the daemon. */
export const importsRoutes = {
  planImport: get(
    '/api/import',
    'Returns the servers in the configurations of AI clients, and what an import would do.',
    {
      grant: 'provision',
      query: importQuery,
      reply: importPlan,
      errors: ['CLIENT_CONFIG_REFUSED'],
    },
  ),
  runImport: post(
    '/api/import',
    'Imports servers of a plan. A server that fails does not stop the others: its result has the error.',
    {
      grant: 'provision',
      body: importBody,
      reply: importResult,
      errors: ['CLIENT_CONFIG_REFUSED', 'REVISION_CONFLICT'],
    },
  ),
  undoImport: del(
    '/api/import/:id',
    'Undoes an import: restores files, removes unchanged services and their secrets.',
    {
      grant: 'provision',
      body: noBody,
      reply: undoneImport,
      errors: ['CLIENT_CONFIG_REFUSED'],
    },
  ),
};
