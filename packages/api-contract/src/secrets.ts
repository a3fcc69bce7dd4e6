import { z } from 'zod';
import { del, get, post } from './route.ts';
import { named, whole } from './schemas.ts';

/** The scheme of a reference to a credential. An embedder may add schemes. */
const authScheme = z.string();
const place = { authRef: z.string(), provider: z.literal('file'), path: z.string() };

export const authProviders = named('AuthProviders', () =>
  z.object({
    providers: z.array(
      z.object({
        name: authScheme,
        supported: z.boolean(),
        healthy: z.boolean().optional(),
        detail: z.string().optional(),
      }),
    ),
    fileRoot: z.string().nullable(),
    fileRootExists: z.boolean(),
  }),
);

export const authValidation = named('AuthValidation', () =>
  z.object({
    authRef: z.string(),
    provider: authScheme,
    target: z.string(),
    redactedTarget: z.string(),
    valid: z.boolean(),
    issues: z.array(z.string()),
    headerKeys: z.array(z.string()),
    source: z.enum(['environment', 'file', 'provider']),
  }),
);

export const storedSecrets = named('StoredSecrets', () =>
  z.object({
    count: whole,
    items: z.array(
      z.object({
        authRef: z.string(),
        relativePath: z.string(),
        hosts: z.array(z.string()).optional(),
        services: z.array(z.string()).optional(),
        createdBy: z.object({ principal: z.string(), door: z.string() }).optional(),
      }),
    ),
  }),
);
export const writtenSecret = named('WrittenSecret', () =>
  z.object({
    ...place,
    written: z.literal(true),
    hosts: z.array(z.string()).optional(),
    services: z.array(z.string()).optional(),
    warnings: z.array(z.string()).optional(),
  }),
);
export const deletedSecret = named('DeletedSecret', () => z.object({ ...place, deleted: z.boolean() }));

const names = z.array(z.string().min(1).max(260)).max(32).optional();

const authRef = z.string().max(512);

export const authRefBody = z.strictObject({ auth_ref: authRef });
export const authUseBody = z.strictObject({
  auth_ref: authRef,
  purpose: z.enum(['header', 'query', 'endpoint', 'argument', 'env', 'client']).optional(),
  service: z.string().min(1).max(128).optional(),
  host: z.string().min(1).max(260).optional(),
});
export const authRefQuery = z.object({
  auth_ref: z
    .string("query parameter 'auth_ref' is required")
    .max(512)
    .meta({ description: 'A reference to a credential.' }),
});
export const secretBody = z.strictObject({
  auth_ref: authRef,
  // The length of the body. The store has a lower bound, and its own error.
  secret: z.string().max(1_048_576),
  hosts: names,
  services: names,
});

/** Routes of credentials and secrets. */
export const secretsRoutes = {
  getAuthProviders: get('/api/security/auth/providers', 'Returns the providers of credentials.', {
    grant: 'inspect',
    reply: authProviders,
  }),
  validateAuthQuery: get(
    '/api/security/auth/validate',
    'Checks a reference to a credential. An invalid reference is also a 200.',
    { grant: 'inspect', query: authRefQuery, reply: authValidation },
  ),
  validateAuth: post('/api/security/auth/validate', 'Checks a reference to a credential that is in the body.', {
    grant: 'inspect',
    body: authUseBody,
    reply: authValidation,
  }),
  listSecrets: get('/api/security/auth/secrets', 'Returns the names of the secrets that are stored in files.', {
    grant: 'inspect',
    reply: storedSecrets,
    errors: ['SECRETS_UNSAFE'],
  }),
  setSecret: post('/api/security/auth/secrets', 'Stores a secret. No reply contains its value.', {
    grant: 'secrets',
    body: secretBody,
    reply: writtenSecret,
    errors: ['SECRET_INVALID', 'SECRET_NAME_TAKEN', 'SECRETS_UNSAFE'],
  }),
  deleteSecret: del('/api/security/auth/secrets', 'Deletes a secret.', {
    grant: 'secrets',
    body: authRefBody,
    reply: deletedSecret,
    errors: ['SECRETS_UNSAFE'],
  }),
};
