import { z } from 'zod';
import { ClarityError, type Runtime } from '@clarity-runtime/core';
import { parseJsonBody } from '../http/json-body.ts';
import { json } from '../http/response.ts';
import type { Route } from '../http/router.ts';

const refBody = z.strictObject({ auth_ref: z.string() });
const secretBody = z.strictObject({ auth_ref: z.string(), secret: z.string() });

/** Credentials, for operators. Values go in and never come out. */
export const authRoutes = ({ secrets }: Runtime): readonly Route[] => [
  {
    method: 'GET',
    path: '/api/security/auth/providers',
    run: async ({ caller }) => json(await secrets.providers(caller)),
  },
  {
    method: 'GET',
    path: '/api/security/auth/validate',
    run: async ({ caller, query }) => json(await secrets.validate(caller, readRef(query))),
  },
  {
    method: 'POST',
    path: '/api/security/auth/validate',
    run: async ({ caller, body }) => json(await secrets.validate(caller, parseJsonBody(body, refBody).auth_ref)),
  },
  {
    method: 'GET',
    path: '/api/security/auth/secrets',
    run: async ({ caller }) => json(await secrets.list(caller)),
  },
  {
    method: 'POST',
    path: '/api/security/auth/secrets',
    run: async ({ caller, body }) => {
      const { auth_ref: authRef, secret } = parseJsonBody(body, secretBody);
      return json(await secrets.set(caller, authRef, secret));
    },
  },
  {
    method: 'DELETE',
    path: '/api/security/auth/secrets',
    run: async ({ caller, body }) => json(await secrets.remove(caller, parseJsonBody(body, refBody).auth_ref)),
  },
];

function readRef(query: URLSearchParams): string {
  const [given, ...more] = query.getAll('auth_ref');
  if (given !== undefined && more.length === 0) return given;
  throw new ClarityError('REQUEST_INVALID', "query parameter 'auth_ref' is required, once", { field: 'auth_ref' });
}
