import { z } from 'zod';
import { del, get, GRANTS, post } from './route.ts';
import { named, noBody, time, type Immutable } from './schemas.ts';

const patterns = z.array(z.string().min(1).max(200)).min(1).max(64);
const whole = z.int().min(1).max(1_000_000);

const grant = named('Grant', () =>
  z.strictObject({
    verbs: z.array(z.enum(GRANTS)).min(1).max(GRANTS.length),
    services: patterns.meta({ description: 'Namespaces of services; `*` matches any characters.' }),
    tools: patterns.meta({ description: 'Names of tools and prompts, and URIs of resources.' }),
    except: z.strictObject({ services: patterns.optional(), tools: patterns.optional() }).optional(),
    limits: z
      .strictObject({ perMinute: whole.optional(), burst: whole.optional(), concurrency: whole.optional() })
      .optional(),
  }),
);
const door = z.enum(['mcp', 'http', 'metrics']);

const token = named('AccessToken', () =>
  z.object({
    id: z.string(),
    name: z.string(),
    state: z.enum(['active', 'expired', 'revoked']),
    grants: z.array(grant),
    doors: z.array(door),
    profile: z.string().optional(),
    createdAt: time,
    createdBy: z.string(),
    expiresAt: time.optional(),
    rotatedAt: time.optional(),
    overlapUntil: time.optional(),
    lastUsedAt: time.optional(),
    revokedAt: time.optional(),
    revokedBy: z.string().optional(),
    note: z.string().optional(),
  }),
);
/** An access token in a reply, without its secret. */
export type TokenReply = Immutable<z.output<typeof token>>;

const created = named('CreatedToken', () =>
  z.object({ token: z.string().meta({ description: 'The token: no other reply has it.' }), record: token }),
);

const YEAR_SECONDS = 365 * 24 * 60 * 60;
const MONTH_SECONDS = 30 * 24 * 60 * 60;

const createBody = z.strictObject({
  name: z.string().min(1).max(64),
  grants: z.array(grant).min(1).max(16),
  doors: z.array(door).min(1).max(3).optional(),
  profile: z.string().min(1).max(64).optional().meta({ description: 'The only profile that the token may use.' }),
  lifeSeconds: z
    .int()
    .min(1)
    .max(YEAR_SECONDS)
    .nullable()
    .optional()
    .meta({ description: '90 days when absent; null for a token without an end.' }),
  note: z.string().max(200).optional(),
});
const rotateBody = z.strictObject({
  overlapSeconds: z
    .int()
    .min(0)
    .max(MONTH_SECONDS)
    .optional()
    .meta({ description: 'How long the former secret stays valid; 24 hours when absent.' }),
});

/** Routes of access tokens and of the session of the status page. */
export const tokensRoutes = {
  openSession: post(
    '/api/session',
    'Opens a session of the status page for the token of the request. The reply has the value of `x-clarity-page`.',
    { grant: 'read', body: noBody, reply: named('PageSession', () => z.object({ page: z.string() })) },
  ),
  endSession: del('/api/session', 'Ends the session of the status page.', {
    grant: 'read',
    body: noBody,
    reply: named('EndedSession', () => z.object({ signedOut: z.literal(true) })),
  }),
  listTokens: get('/api/tokens', 'Returns all access tokens, without their secrets.', {
    grant: 'admin',
    reply: named('AccessTokenList', () => z.object({ items: z.array(token) })),
  }),
  createToken: post('/api/tokens', 'Creates an access token. The reply has its text, which is not stored.', {
    grant: 'admin',
    body: createBody,
    reply: created,
    errors: ['TOKEN_NAME_TAKEN', 'PROFILE_NOT_FOUND'],
  }),
  rotateToken: post('/api/tokens/:id/rotate', 'Replaces the secret of the access token with this name.', {
    grant: 'admin',
    body: rotateBody,
    reply: created,
    errors: ['TOKEN_NOT_FOUND'],
  }),
  revokeToken: del('/api/tokens/:id', 'Revokes the access token with this name for good.', {
    grant: 'admin',
    body: noBody,
    reply: named('RevokedToken', () => z.object({ record: token })),
    errors: ['TOKEN_NOT_FOUND'],
  }),
};
