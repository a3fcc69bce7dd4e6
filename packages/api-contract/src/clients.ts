import { z } from 'zod';
import { del, get, post } from './route.ts';
import { named, type Immutable } from './schemas.ts';

const transport = z.enum(['stdio', 'http']);

const clientState = z.object({
  client: z.string(),
  path: z.string(),
  configured: z.boolean(),
  present: z.boolean(),
  transport: transport.optional(),
  endpoint: z.string().optional(),
  command: z.string().optional(),
  args: z.array(z.string()).optional(),
  problem: z.string().optional(),
});
export const clientStates = named('ClientStates', () => z.object({ clients: z.array(clientState) }));

const clientResult = z.object({
  client: z.string(),
  updated: z.boolean(),
  path: z.string().optional(),
  next: z.string().optional(),
  entry: z.string().optional(),
});
export const clientResults = named('ClientResults', () => z.object({ results: z.array(clientResult) }));

/** The configuration of one AI client. */
export type ClientStateReply = Immutable<z.output<typeof clientState>>;
/** The change of the configuration of one AI client. */
export type ClientResultReply = Immutable<z.output<typeof clientResult>>;

const MAX_CLIENTS = 32;
const common = {
  clients: z.array(z.string().max(64)).max(MAX_CLIENTS).default([]),
  scope: z.enum(['user', 'project']).default('user'),
  dry_run: z.boolean().default(false),
};
export const connectClientsBody = z.strictObject({ ...common, transport: transport.default('stdio') });
export const removeClientsBody = z.strictObject(common);

/** Routes of the configuration of AI clients. */
export const clientsRoutes = {
  getClients: get(
    '/api/bootstrap/status',
    'Returns the AI clients of the user of the daemon, and whether this gateway is configured in them.',
    { grant: 'inspect', reply: clientStates },
  ),
  connectClients: post(
    '/api/bootstrap',
    'Adds this gateway to the configuration of AI  If one fails, the reply is an error with all results.',
    { grant: 'provision', body: connectClientsBody, reply: clientResults, errors: ['CLIENT_CONFIG_REFUSED'] },
  ),
  removeClients: del('/api/bootstrap', 'Removes this gateway from the configuration of AI ', {
    grant: 'provision',
    body: removeClientsBody,
    reply: clientResults,
    errors: ['CLIENT_CONFIG_REFUSED'],
  }),
};
