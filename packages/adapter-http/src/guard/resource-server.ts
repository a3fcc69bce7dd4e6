import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { type Caller, grantOf, type Principal, type Verb } from '@clarity-runtime/core';
import { DEFAULT_TENANT, isTenantId } from '@clarity-runtime/core/internal';
import type { AccessTokenVerifier, VerifiedToken } from '../http/access-token-verifier.ts';
import { json, type Reply } from '../http/response.ts';

/** Settings of `/mcp` as an OAuth resource server. */
export interface ResourceServerOptions {
  readonly verifier: AccessTokenVerifier;
  /** Audiences that count as the one of `/mcp`, for issuers without resource indicators (RFC 8707). */
  readonly audiences?: readonly string[];
  /** Verbs that a token of the issuer may have; default: `read`, `call`. `secrets`, `approve` and `admin` are left out. */
  readonly verbs?: readonly Verb[];
}

/** Rules of this installation for the tokens of the issuer. */
export interface ResourceServerRules {
  /** Returns whether a gate of this installation passes a verb. */
  readonly passes: (verb: Verb) => boolean;
  /** Returns whether a path of the MCP endpoint accepts static tokens only; it has no metadata then. */
  readonly isTokenOnly?: (path: string) => boolean;
}

const METADATA = '/.well-known/oauth-protected-resource';
const SCOPES: readonly Verb[] = ['read', 'call', 'inspect', 'operate', 'login', 'provision'];
const DEFAULT_VERBS: readonly Verb[] = ['read', 'call'];
const MAX_TOKEN = 16 * 1024;
const MAX_KNOWN = 1_000;
const KNOWN_MS = 60_000;
const MAX_TIMER_MS = 2 ** 31 - 1;

interface Known {
  readonly token: VerifiedToken;
  readonly caller: Caller;
  /** Milliseconds since the epoch. */
  readonly until: number;
}

/** Returns whether a path is the metadata of this resource server, which any web page may read. */
export const isResourceMetadataPath = (path: string): boolean =>
  path === `${METADATA}/mcp` || path.startsWith(`${METADATA}/mcp/`);

/** Returns whether a credential has the form of a signed token (RFC 7515 §7.1). */
export const isSignedToken = (text: string): boolean => /^[\w-]+\.[\w-]+\.[\w-]+$/.test(text);

/** The MCP endpoint as an OAuth 2.1 resource server (MCP 2026-07-28, Authorization; RFC 9728). */
export class ResourceServer {
  readonly #verifier: AccessTokenVerifier;
  readonly #base: URL;
  readonly #audiences: ReadonlySet<string>;
  readonly #verbs: ReadonlySet<Verb>;
  readonly #known = new Map<string, Known>();
  readonly #isTokenOnly: (path: string) => boolean;
  readonly #now: () => number;

  constructor(
    publicUrl: URL,
    { verifier, audiences = [], verbs = DEFAULT_VERBS }: ResourceServerOptions,
    { passes, isTokenOnly = () => false }: ResourceServerRules,
    now: () => number = Date.now,
  ) {
    this.#isTokenOnly = isTokenOnly;
    this.#base = publicUrl;
    this.#verifier = verifier;
    this.#audiences = new Set([this.#resource('/mcp'), ...audiences]);
    this.#verbs = new Set(verbs.filter((verb) => SCOPES.includes(verb) && passes(verb)));
    this.#now = now;
  }

  /** Returns the metadata of the resource that a path names; undefined at another name of this machine. */
  metadata({ headers: { host = '' } }: IncomingMessage, path: string): Reply | undefined {
    if (!isResourceMetadataPath(path) || !this.#isPublic(host)) return undefined;
    if (this.#isTokenOnly(path.slice(METADATA.length))) return undefined;
    return json(
      {
        resource: this.#resource(path.slice(METADATA.length)),
        authorization_servers: [this.#verifier.issuer],
        scopes_supported: this.#scopes().map((verb) => `mcp:${verb}`),
        bearer_methods_supported: ['header'],
        resource_name: 'Clarity Runtime',
      },
      200,
      { 'cache-control': 'public, max-age=300', 'access-control-allow-origin': '*' },
    );
  }

  /**
   * Returns the value of `WWW-Authenticate` for a request to a path of the MCP endpoint. A client of this machine gets none of
   * the metadata: it would begin a login instead of sending its token.
   */
  challenge({ headers: { host = '' } }: IncomingMessage, path: string, isRefused: boolean): string {
    if (!this.#isPublic(host) || this.#isTokenOnly(path)) return 'Bearer';
    const scope = DEFAULT_VERBS.filter((verb) => this.#verbs.has(verb)).map((verb) => `mcp:${verb}`);
    const error = isRefused ? 'error="invalid_token", ' : '';
    return `Bearer ${error}resource_metadata="${this.#metadataOf(path)}", scope="${scope.join(' ')}"`;
  }

  /** Returns the value of `WWW-Authenticate` for a request whose token lacks scopes; undefined for a client of this machine. */
  scopeChallenge(
    { headers: { host = '' } }: IncomingMessage,
    path: string,
    needed: readonly Verb[],
  ): string | undefined {
    if (!this.#isPublic(host)) return undefined;
    const scope = needed.map((verb) => `mcp:${verb}`).join(' ');
    return `Bearer error="insufficient_scope", scope="${scope}", resource_metadata="${this.#metadataOf(path)}"`;
  }

  /**
   * Returns the caller of a token at a path of the MCP endpoint; undefined for a token that is not valid there. A token for
   * `/mcp` is valid at all paths below it, one for a service or a profile only there.
   * @throws ClarityError ISSUER_UNAVAILABLE
   */
  async caller(token: string, path: string): Promise<Caller | undefined> {
    if (token.length > MAX_TOKEN) return undefined;
    const key = createHash('sha256').update(token).digest('hex');
    const known = this.#known.get(key);
    const found = known !== undefined && known.until > this.#now() ? known : await this.#verified(token, key);
    if (found === undefined) return undefined;
    const own = this.#resource(path);
    return found.token.audiences.some((audience) => audience === own || this.#audiences.has(audience))
      ? found.caller
      : undefined;
  }

  async #verified(text: string, key: string): Promise<Known | undefined> {
    this.#known.delete(key);
    const token = await this.#verifier.verify(text);
    const now = this.#now();
    if (token === undefined || token.expiresAt <= now) return undefined;
    if (token.tenant !== undefined && !isTenantId(token.tenant)) return undefined;
    const found = { token, caller: this.#callerOf(token, key, now), until: Math.min(token.expiresAt, now + KNOWN_MS) };
    if (this.#known.size >= MAX_KNOWN) this.#known.delete(this.#known.keys().next().value ?? '');
    this.#known.set(key, found);
    return found;
  }

  #callerOf(
    { subject, tenant = DEFAULT_TENANT, scopes, clientId, expiresAt }: VerifiedToken,
    key: string,
    now: number,
  ): Caller {
    const verbs = this.#granted(scopes);
    const principal: Principal = { kind: 'user', id: `${this.#verifier.issuer}:${subject}` };
    return {
      tenant,
      principal,
      credential: { kind: 'jwt', id: key.slice(0, 8), ...(clientId === undefined ? {} : { clientId }) },
      door: 'mcp',
      grants: [grantOf(...verbs)],
      offered: this.#scopes().filter((verb) => !verbs.includes(verb)),
      // Open streams end with the token.
      ended: AbortSignal.timeout(Math.min(expiresAt - now, MAX_TIMER_MS)),
    };
  }

  /** A token that names scopes of this runtime has these only; any other one may read and call. */
  #granted(scopes: readonly string[] = []): readonly Verb[] {
    const named = SCOPES.filter((verb) => scopes.includes(`mcp:${verb}`));
    const isNamed = scopes.some((scope) => scope.startsWith('mcp:'));
    return (isNamed ? named : DEFAULT_VERBS).filter((verb) => this.#verbs.has(verb));
  }

  #scopes(): readonly Verb[] {
    return SCOPES.filter((verb) => this.#verbs.has(verb));
  }

  #metadataOf(path: string): string {
    return new URL(`${METADATA}${path}`, this.#base).href;
  }

  #resource(path: string): string {
    return `${this.#base.origin}${path.length > 1 ? path.replace(/\/$/, '') : path}`;
  }

  #isPublic(host: string): boolean {
    return URL.canParse(`http://${host}`) && new URL(`http://${host}`).hostname === this.#base.hostname;
  }
}
