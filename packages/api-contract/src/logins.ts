import { z } from 'zod';
import type { ApiErrorCode } from './errors.ts';
import { del, get, NO_SERVICE, post } from './route.ts';
import { named, noBody, time, type Immutable } from './schemas.ts';

const scopes = z.array(z.string());

const login = named('ServiceLogin', () =>
  z.object({
    serviceId: z.string(),
    service: z.string(),
    state: z.enum(['active', 'expired', 'needed', 'none']),
    issuer: z.string().optional(),
    resource: z.string().optional(),
    clientId: z.string().optional(),
    redirectUri: z.string().optional().meta({ description: 'The redirect URI that its client is registered with.' }),
    scopes: scopes.optional(),
    needed: scopes.optional().meta({ description: 'Scopes that requests have needed; the next login asks for them.' }),
    obtainedAt: time.optional(),
    expiresAt: time.optional(),
    canRefresh: z.boolean().optional(),
    by: z.string().optional(),
    reason: z.string().optional().meta({ description: 'Why a person has to log in.' }),
  }),
);
/** The login of a service in a reply. */
export type LoginReply = Immutable<z.output<typeof login>>;

const started = named('StartedLogin', () =>
  z.object({
    flow: z.string(),
    serviceId: z.string(),
    service: z.string(),
    url: z.string().meta({ description: 'The address to open in a browser.' }),
    redirectUri: z.string(),
    issuer: z.string(),
    scopes,
    expiresAt: time,
  }),
);
/** A login that waits for its user. */
export type StartedLoginReply = Immutable<z.output<typeof started>>;

const FLOW: readonly ApiErrorCode[] = ['LOGIN_EXPIRED'];

/** Routes of logins to remote services. No reply has a token or a code. */
export const loginsRoutes = {
  getLogins: get('/api/auth/status', 'Returns the login of each remote service without an auth reference.', {
    grant: 'inspect',
    reply: named('LoginReport', () => z.object({ items: z.array(login), unkept: z.string().optional() })),
  }),
  beginLogin: post('/api/services/:id/login', 'Begins a login to a service. A person opens the address of the reply.', {
    grant: 'operate',
    body: z.strictObject({
      redirectUri: z.string().min(1).max(2_048).optional().meta({
        description:
          'A loopback address of the caller; without it the browser that sends the request returns to the daemon.',
      }),
      scopes: z.array(z.string().min(1).max(256)).max(64).optional(),
      issuer: z.string().max(2_048).optional(),
    }),
    reply: started,
    errors: [
      ...NO_SERVICE,
      'LOGIN_CLIENT_NEEDED',
      'LOGIN_DISCOVERY_FAILED',
      'LOGIN_FAILED',
      'LOGIN_ISSUER_MISMATCH',
      'LOGIN_PKCE_UNSUPPORTED',
    ],
  }),
  getLoginFlow: get('/api/auth/flows/:id', 'Returns a login of the caller that waits for a person.', {
    grant: 'operate',
    reply: started,
    errors: FLOW,
  }),
  completeLogin: post('/api/auth/flows/:id/complete', 'Ends a login with the address that the browser was sent to.', {
    grant: 'operate',
    body: z.strictObject({ response: z.string().min(1).max(16_384) }),
    reply: login,
    errors: [...FLOW, 'LOGIN_DENIED', 'LOGIN_FAILED', 'LOGIN_ISSUER_MISMATCH'],
  }),
  cancelLogin: del('/api/auth/flows/:id', 'Cancels a login of the caller.', {
    grant: 'operate',
    body: noBody,
    reply: named('CancelledLogin', () => z.object({ cancelled: z.boolean() })),
    errors: FLOW,
  }),
  logout: post('/api/services/:id/logout', 'Revokes and forgets the tokens of a service.', {
    grant: 'operate',
    body: noBody,
    reply: named('Logout', () => z.object({ loggedOut: z.boolean() })),
    errors: NO_SERVICE,
  }),
};
