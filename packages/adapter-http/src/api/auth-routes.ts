import { z } from 'zod';
import type { Runtime } from '@clarity-runtime/core';
import { json } from '../http/response.ts';
import { route, type Route } from '../http/route.ts';
import { authProviders, authValidation, deletedSecret, storedSecrets, writtenSecret } from './replies/auth-replies.ts';

const refBody = z.strictObject({ auth_ref: z.string() });
const refQuery = z.object({
  auth_ref: z.string("query parameter 'auth_ref' is required").meta({ description: 'A reference to a credential.' }),
});
const secretBody = z.strictObject({ auth_ref: z.string(), secret: z.string() });

/** Credentials, for operators. Values go in and never come out. */
export const authRoutes = ({ secrets }: Runtime): readonly Route[] => [
  route({
    method: 'GET',
    path: '/api/security/auth/providers',
    title: 'Where references to credentials can lead.',
    reply: authProviders,
    run: async ({ caller }) => json(await secrets.providers(caller)),
  }),
  route({
    method: 'GET',
    path: '/api/security/auth/validate',
    title: 'Whether a reference resolves; a 200 too when it does not.',
    query: refQuery,
    reply: authValidation,
    run: async ({ caller, query }) => json(await secrets.validate(caller, query.auth_ref)),
  }),
  route({
    method: 'POST',
    path: '/api/security/auth/validate',
    title: 'The same, with the reference in the body.',
    body: refBody,
    reply: authValidation,
    run: async ({ caller, body }) => json(await secrets.validate(caller, body.auth_ref)),
  }),
  route({
    method: 'GET',
    path: '/api/security/auth/secrets',
    title: 'Names of the secrets that are kept on files.',
    reply: storedSecrets,
    refusals: ['SECRETS_UNSAFE'],
    run: async ({ caller }) => json(await secrets.list(caller)),
  }),
  route({
    method: 'POST',
    path: '/api/security/auth/secrets',
    title: 'Keeps a secret. It never comes out again.',
    body: secretBody,
    reply: writtenSecret,
    refusals: ['SECRET_INVALID', 'SECRET_NAME_TAKEN', 'SECRETS_UNSAFE'],
    run: async ({ caller, body: { auth_ref: authRef, secret } }) => json(await secrets.set(caller, authRef, secret)),
  }),
  route({
    method: 'DELETE',
    path: '/api/security/auth/secrets',
    title: 'Deletes a secret.',
    body: refBody,
    reply: deletedSecret,
    refusals: ['SECRETS_UNSAFE'],
    run: async ({ caller, body }) => json(await secrets.remove(caller, body.auth_ref)),
  }),
];
