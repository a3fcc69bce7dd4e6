import type { IncomingMessage, ServerResponse } from 'node:http';

/** Behaviors of known authorization servers. A test changes them while the server runs. */
export interface Quirks {
  /** Path of the issuer, such as `/tenant`. */
  issuerPath: string;
  /** Where the metadata is. */
  metadata: 'inserted' | 'openid-inserted' | 'openid-appended' | 'none';
  /** Replaces members of the metadata. */
  members: Record<string, unknown>;
  registration: 'created' | 'ok' | 'forbidden' | 'absent' | 'confidential';
  /** `iss` of redirects: the issuer, absent, or another text. */
  iss: 'own' | 'absent' | (string & {});
  format: 'json' | 'form';
  tokenType: string | undefined;
  expiresIn: number | string | undefined;
  refreshToken: 'rotate' | 'keep' | 'omit-on-refresh' | 'none';
  idToken: string | undefined;
  success: number;
  /** Answers token requests like a gateway in front of the server. */
  gateway: { status: number; body: string } | undefined;
  /** Error of token requests; `status` 200 as GitHub does. */
  error: { code: string; status: number; description?: string } | undefined;
  /** Error of the authorization response. */
  denies: { code: string; description: string } | undefined;
  refusesResource: boolean;
  /** Refuses scopes that the registration did not name, and renewals with scopes that were not granted. */
  checksScopes: boolean;
  scopes: string | undefined;
}

export const DEFAULTS: Quirks = {
  issuerPath: '',
  metadata: 'inserted',
  members: {},
  registration: 'created',
  iss: 'own',
  format: 'json',
  tokenType: 'Bearer',
  expiresIn: 3600,
  refreshToken: 'rotate',
  idToken: undefined,
  success: 200,
  gateway: undefined,
  error: undefined,
  denies: undefined,
  refusesResource: false,
  checksScopes: false,
  scopes: undefined,
};

/** Opens the address of a login like a browser, and returns the address that it is sent to. */
export async function follow(url: string): Promise<string> {
  const response = await fetch(url, { redirect: 'manual' });
  await response.body?.cancel();
  const location = response.headers.get('location');
  if (location === null) throw new Error(`no redirect: HTTP ${String(response.status)}`);
  return location;
}

export function json(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(value));
}

export async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
}

/** Returns the path of the metadata document; undefined without one. */
export function metadataPath({ issuerPath, metadata }: Quirks): string | undefined {
  const places = {
    inserted: `/.well-known/oauth-authorization-server${issuerPath}`,
    'openid-inserted': `/.well-known/openid-configuration${issuerPath}`,
    'openid-appended': `${issuerPath}/.well-known/openid-configuration`,
    none: undefined,
  };
  return places[metadata];
}

export interface Described {
  readonly issuer: string;
  readonly origin: string;
  readonly quirks: Quirks;
}

export function metadataOf({ issuer, origin, quirks }: Described): object {
  const { registration, iss, members } = quirks;
  return {
    issuer: issuer,
    authorization_endpoint: `${origin}/authorize`,
    token_endpoint: `${origin}/token`,
    revocation_endpoint: `${origin}/revoke`,
    ...(registration === 'absent' ? {} : { registration_endpoint: `${origin}/register` }),
    response_types_supported: ['code'],
    code_challenge_methods_supported: ['S256'],
    token_endpoint_auth_methods_supported:
      registration === 'confidential' ? ['client_secret_post'] : ['none', 'client_secret_basic', 'private_key_jwt'],
    ...(iss === 'absent' ? {} : { authorization_response_iss_parameter_supported: true }),
    ...members,
  };
}
