import { ClarityError, type LoginChallenge } from '@clarity-runtime/core';
import { toPrintableAscii, valueText } from '@clarity-runtime/core/internal';
import { withoutTrailingSlash } from '@clarity-runtime/core/protocol';
import type { AuthorizationServer, LoginTarget } from '@clarity-runtime/core/ports';
import { bearerChallenge } from '../http/bearer-challenge.ts';
import type { Metadata, MetadataReader } from './metadata-reader.ts';
import { isLoginUrl, remoteOrigin, type OAuthHttp } from './oauth-http.ts';

const ENDPOINTS = ['authorization_endpoint', 'token_endpoint', 'registration_endpoint', 'revocation_endpoint'] as const;

/** Members of the metadata of a protected resource (RFC 9728 §2). */
interface Resource {
  readonly issuers: readonly string[];
  readonly resource?: string;
  readonly scopes?: readonly string[];
}

/** Finds the authorization server of a service (MCP 2026-07-28, Authorization Server Discovery; RFC 9728; RFC 8414). */
export class ServerDiscovery {
  readonly #http: OAuthHttp;
  readonly #metadata: MetadataReader;

  constructor(http: OAuthHttp, metadata: MetadataReader) {
    this.#http = http;
    this.#metadata = metadata;
  }

  /** @throws ClarityError LOGIN_DISCOVERY_FAILED, LOGIN_ISSUER_MISMATCH, LOGIN_PKCE_UNSUPPORTED, ENDPOINT_FORBIDDEN. */
  async find(target: LoginTarget, signal: AbortSignal): Promise<AuthorizationServer | undefined> {
    const { settings } = target;
    const found = await this.#resource(target, signal);
    const endpoint = new URL(remoteOrigin(target).endpoint);
    // MCP 2025-03-26 has no metadata of the resource: its server is the authorization server.
    const issuer = settings.issuer ?? issuerOf(found, target) ?? endpoint.origin;
    const isFallback = settings.issuer === undefined && found === undefined;
    const metadata = await this.#server(target, issuer, { isFallback, signal });
    if (metadata === undefined) {
      if (isFallback) return undefined;
      throw new ClarityError('LOGIN_DISCOVERY_FAILED', `${toPrintableAscii(issuer)} has no metadata`, {
        hint: 'set spec.origin.auth.metadataUrl to its metadata document',
      });
    }
    const named = valueText(metadata['issuer']);
    assertEndpoints(metadata);
    assertPkce(metadata, target);
    const resource = settings.resource === 'omit' ? undefined : (settings.resource ?? found?.resource);
    const scopes = settings.scopes ?? target.challenge?.scopes ?? found?.scopes;
    return {
      issuer: named,
      metadata,
      ...(resource === undefined ? {} : { resource }),
      ...(scopes === undefined ? {} : { scopes }),
      registersClients: typeof metadata['registration_endpoint'] === 'string',
      acceptsClientDocuments: metadata['client_id_metadata_document_supported'] === true,
    };
  }

  /** Reads the metadata of the protected resource: from the challenge, else from its well-known paths (RFC 9728 §3.1). */
  async #resource(target: LoginTarget, signal: AbortSignal): Promise<Resource | undefined> {
    const endpoint = new URL(remoteOrigin(target).endpoint);
    const challenge = target.challenge?.resourceMetadata;
    if (challenge !== undefined) {
      const document = await this.#metadata.read(target, new URL(challenge), signal);
      if (document !== undefined) return checkedResource(document, target, endpoint);
    }
    const path = endpoint.pathname === '/' ? '' : endpoint.pathname.replace(/\/$/, '');
    const places = [
      ...new Set([`/.well-known/oauth-protected-resource${path}`, '/.well-known/oauth-protected-resource']),
    ];
    for (const place of places) {
      const document = await this.#metadata.read(target, new URL(place, endpoint.origin), signal);
      if (document !== undefined && 'resource' in document) return checkedResource(document, target, endpoint);
    }
    const asked = challenge === undefined ? await this.#askedChallenge(target, endpoint, signal) : undefined;
    if (asked?.resourceMetadata === undefined) return undefined;
    const document = await this.#metadata.read(target, new URL(asked.resourceMetadata), signal);
    return document === undefined ? undefined : checkedResource(document, target, endpoint);
  }

  /** Asks the service for its challenge, before it has been started. */
  async #askedChallenge(target: LoginTarget, url: URL, signal: AbortSignal): Promise<LoginChallenge | undefined> {
    const headers = { accept: 'text/event-stream, application/json' };
    const response = await this.#http.send(target, { method: 'GET', url, headers }, signal).catch(() => undefined);
    return response?.status === 401 ? bearerChallenge(response.header('www-authenticate')) : undefined;
  }

  async #server(
    target: LoginTarget,
    issuer: string,
    { isFallback, signal }: { readonly isFallback: boolean; readonly signal: AbortSignal },
  ): Promise<Metadata | undefined> {
    const { settings } = target;
    const url = URL.canParse(issuer) ? new URL(issuer) : undefined;
    if (url === undefined || !isLoginUrl(url)) {
      if (isFallback) return undefined;
      throw new ClarityError('LOGIN_ISSUER_MISMATCH', `'${toPrintableAscii(issuer)}' is not an https URL`);
    }
    const { metadataUrl } = settings;
    if (metadataUrl !== undefined) {
      const document = await this.#metadata.read(target, new URL(metadataUrl), signal);
      if (document === undefined) return undefined;
      // The operator may name both, for a server whose metadata has a template or another host as issuer.
      if (settings.issuer !== undefined) return { ...document, issuer: settings.issuer };
      if (isSameIssuer(document['issuer'], issuer) || isFallback) return document;
      throw mismatch(issuer, document['issuer']);
    }
    for (const place of wellKnown(url)) {
      const document = await this.#metadata.read(target, place, signal);
      if (document === undefined || document['token_endpoint'] === undefined) continue;
      const named = document['issuer'];
      if (isSameIssuer(named, issuer)) return document;
      throw mismatch(issuer, named);
    }
    return settings.legacyEndpoints === true ? legacyMetadata(url) : undefined;
  }
}

/** RFC 8414 §3.3. The address of the metadata is the same with and without a slash at the end of the issuer. */
const isSameIssuer = (named: unknown, issuer: string): boolean =>
  typeof named === 'string' && withoutTrailingSlash(named) === withoutTrailingSlash(issuer);

const mismatch = (expected: string, named: unknown): ClarityError =>
  new ClarityError(
    'LOGIN_ISSUER_MISMATCH',
    `expected ${toPrintableAscii(expected)}, got ${toPrintableAscii(valueText(named))}`,
  );

/** RFC 8414 §3.1 and OpenID Connect Discovery §4: the path of an issuer is inserted, or for OpenID Connect appended. */
export function wellKnown({ origin, pathname }: URL): readonly URL[] {
  const path = pathname.endsWith('/') ? pathname.slice(0, -1) : pathname;
  const places = [`/.well-known/oauth-authorization-server${path}`, `/.well-known/openid-configuration${path}`];
  if (path !== '') places.push(`${path}/.well-known/openid-configuration`);
  return places.map((place) => new URL(place, origin));
}

const legacyMetadata = ({ origin, href }: URL): Metadata => ({
  issuer: href.replace(/\/$/, ''),
  authorization_endpoint: `${origin}/authorize`,
  token_endpoint: `${origin}/token`,
  registration_endpoint: `${origin}/register`,
  code_challenge_methods_supported: ['S256'],
});

/**
 * RFC 9728 §3.3: the resource must be the service. A parent path is accepted, because one server has several endpoints.
 * @throws ClarityError LOGIN_ISSUER_MISMATCH for the metadata of another service.
 */
function checkedResource(document: Metadata, { settings }: LoginTarget, endpoint: URL): Resource {
  const { resource } = document;
  const isNamed = typeof resource === 'string' && resource === settings.resource;
  if (!isNamed && settings.resource !== 'omit' && !isResourceOf(resource, endpoint)) {
    const subject = `the metadata is about '${toPrintableAscii(valueText(resource))}', not about ${toPrintableAscii(endpoint.href)}`;
    throw new ClarityError('LOGIN_ISSUER_MISMATCH', subject, {
      field: 'spec.origin.auth.resource',
      hint: 'set spec.origin.auth.resource to the resource of the metadata if it is right',
    });
  }
  const scopes = texts(document['scopes_supported']);
  return {
    issuers: texts(document['authorization_servers']),
    ...(typeof resource === 'string' ? { resource } : {}),
    ...(scopes.length === 0 ? {} : { scopes }),
  };
}

function isResourceOf(resource: unknown, endpoint: URL): boolean {
  if (typeof resource !== 'string' || !URL.canParse(resource)) return false;
  const url = new URL(resource);
  if (url.origin !== endpoint.origin) return false;
  const path = url.pathname.replace(/\/$/, '');
  return endpoint.pathname === url.pathname || path === '' || `${endpoint.pathname}/`.startsWith(`${path}/`);
}

/** The issuer that a person chose or that has the login, else the first. */
function issuerOf(found: Resource | undefined, { issuer }: LoginTarget): string | undefined {
  if (found === undefined) return undefined;
  const chosen = issuer === undefined ? undefined : found.issuers.find((each) => isSameIssuer(each, issuer));
  return chosen ?? found.issuers[0];
}

const texts = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((each): each is string => typeof each === 'string').slice(0, 64) : [];

/** A URL with another scheme, such as `javascript:`, is refused before anything is opened. */
function assertEndpoints(metadata: Metadata): void {
  for (const name of ENDPOINTS) {
    const text = metadata[name];
    if (text === undefined || text === null) continue;
    if (typeof text === 'string' && URL.canParse(text) && isLoginUrl(new URL(text))) continue;
    throw new ClarityError(
      'LOGIN_ISSUER_MISMATCH',
      `${name} ${typeof text === 'string' ? toPrintableAscii(text) : ''} is not an https URL`,
    );
  }
}

/** MCP 2026-07-28, Authorization, "Authorization Code Protection": without S256 a client refuses the server. */
function assertPkce(metadata: Metadata, { settings }: LoginTarget): void {
  if (settings.type === 'client_credentials' || settings.assumePkce === true) return;
  const methods = metadata['code_challenge_methods_supported'];
  if (Array.isArray(methods) && methods.includes('S256')) return;
  throw new ClarityError('LOGIN_PKCE_UNSUPPORTED', toPrintableAscii(valueText(metadata['issuer'])), {
    field: 'spec.origin.auth.assumePkce',
  });
}
