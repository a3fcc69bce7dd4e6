import type { Verb } from '@clarity-runtime/core';
import { z } from 'zod';
import type { Setting } from './setting.ts';
import { issuer, list, mcpVerbs, webAddress } from './values.ts';

/** Settings of logins at authorization servers, and of the access tokens that one of them signs. */
export const oauthSettings = {
  oauthClientDocument: {
    variables: ['CLARITY_OAUTH_CLIENT_METADATA_URL'],
    schema: z.union([z.literal('none'), webAddress]),
    fallback: undefined,
    expects: 'an https address, or none',
    describe:
      'address of the document that names this installation to authorization servers; none registers a client instead',
    fallbackText: '<public-url>/oauth/client.json with an https public URL',
  } as Setting<URL | 'none' | undefined>,
  oauthIssuer: {
    variables: ['CLARITYD_OAUTH_ISSUER'],
    schema: issuer,
    fallback: undefined,
    expects: 'an https address, exactly as the authorization server writes it',
    describe: 'authorization server whose signed access tokens /mcp accepts; needs --public-url',
  } as Setting<string | undefined>,
  oauthAudience: {
    variables: ['CLARITYD_OAUTH_AUDIENCE'],
    schema: list,
    fallback: [],
    expects: 'comma-separated audiences',
    describe: 'audiences of access tokens that count as <public-url>/mcp, for servers without resource indicators',
  } as Setting<readonly string[]>,
  oauthGrants: {
    variables: ['CLARITYD_OAUTH_GRANTS'],
    schema: mcpVerbs,
    fallback: ['read', 'call'],
    expects: 'comma-separated grants: read, call, inspect, operate, login, provision',
    describe: 'grants that signed access tokens may have; the scopes of a token (mcp:<grant>) narrow them',
  } as Setting<readonly Verb[]>,
  oauthTenantClaim: {
    variables: ['CLARITYD_OAUTH_TENANT_CLAIM'],
    schema: z.string().regex(/^[\x21-\x7e]{1,200}$/),
    fallback: undefined,
    expects: 'the name of a claim',
    describe: 'claim of signed access tokens that names their tenant; a token without it is not valid then',
    fallbackText: 'all tokens are of the tenant default',
  } as Setting<string | undefined>,
} as const;
