import { createHash, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { bodyOf, DEFAULTS, json, metadataOf, metadataPath, type Quirks } from './server-quirks.ts';

interface Issued {
  readonly family: string;
  readonly resource: string | undefined;
  readonly scope: string;
}

/** An authorization server of one test, on a port of the system. It approves every request at once. */
export class AuthorizationServerFixture implements AsyncDisposable {
  readonly quirks: Quirks;
  /** Bodies of token requests, by grant type, in order. */
  readonly tokenRequests: URLSearchParams[] = [];
  readonly tokenHeaders: IncomingMessage['headers'][] = [];
  readonly registrations: Record<string, unknown>[] = [];
  readonly authorizations: URLSearchParams[] = [];
  readonly revoked: string[] = [];
  /** Every secret text that this server has issued, for canary scans. */
  readonly secrets: string[] = [];
  readonly #server: Server;
  readonly #codes = new Map<string, { challenge: string; redirect: string; issued: Issued; client: string }>();
  readonly #access = new Map<string, Issued>();
  readonly #refresh = new Map<string, Issued>();
  readonly #used = new Map<string, string>();
  readonly #deadFamilies = new Set<string>();
  origin = '';

  private constructor(quirks: Partial<Quirks>) {
    this.quirks = { ...DEFAULTS, ...quirks };
    this.#server = createServer((request, response) => {
      void this.#answer(request, response);
    });
  }

  static async start(quirks: Partial<Quirks> = {}): Promise<AuthorizationServerFixture> {
    const fixture = new AuthorizationServerFixture(quirks);
    await fixture.listen();
    return fixture;
  }

  /** Listens, also again at the former port after `stop`. */
  async listen(): Promise<void> {
    const port = this.origin === '' ? 0 : Number(new URL(this.origin).port);
    await new Promise<void>((resolve) => this.#server.listen(port, '127.0.0.1', resolve));
    this.origin = `http://127.0.0.1:${String((this.#server.address() as AddressInfo).port)}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  get issuer(): string {
    return `${this.origin}${this.quirks.issuerPath}`;
  }

  count(grantType: string): number {
    return this.tokenRequests.filter((body) => body.get('grant_type') === grantType).length;
  }

  /** Returns what an access token is for; undefined if it is not valid. */
  introspect(token: string): Issued | undefined {
    const issued = this.#access.get(token);
    return issued === undefined || this.#deadFamilies.has(issued.family) ? undefined : issued;
  }

  /** Ends all access tokens; refresh tokens stay valid. */
  expireAccessTokens(): void {
    this.#access.clear();
  }

  /** Ends all tokens, as a person does in the settings of the provider. */
  revokeAll(): void {
    this.#access.clear();
    this.#refresh.clear();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop().catch(() => undefined);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.origin);
    const body = await bodyOf(request);
    const { pathname } = url;
    if (pathname === metadataPath(this.quirks)) {
      json(response, 200, metadataOf(this));
      return;
    }
    if (pathname === '/authorize') {
      this.#authorize(url.searchParams, response);
      return;
    }
    if (pathname === '/register' && request.method === 'POST') {
      this.#register(body, response);
      return;
    }
    if (pathname === '/token' && request.method === 'POST') {
      this.tokenHeaders.push(request.headers);
      this.#token(new URLSearchParams(body), response);
      return;
    }
    if (pathname === '/revoke') {
      const token = new URLSearchParams(body).get('token') ?? '';
      this.revoked.push(token);
      this.#access.delete(token);
      this.#refresh.delete(token);
      json(response, 200, {});
      return;
    }
    json(response, 404, { error: 'not_found' });
  }

  #authorize(query: URLSearchParams, response: ServerResponse): void {
    this.authorizations.push(query);
    const redirect = new URL(query.get('redirect_uri') ?? '');
    const { denies, iss, refusesResource, checksScopes } = this.quirks;
    const at = Number(query.get('client_id')?.split('-')[1]) - 1;
    const registered = scopesOf(this.registrations[at]?.['scope']);
    const isForeign = checksScopes && scopesOf(query.get('scope')).some((scope) => !registered.includes(scope));
    if (isForeign) redirect.searchParams.set('error', 'invalid_scope');
    else if (denies !== undefined || (refusesResource && query.has('resource'))) {
      redirect.searchParams.set('error', denies?.code ?? 'invalid_target');
      redirect.searchParams.set('error_description', denies?.description ?? 'AADSTS9010010: resource is not supported');
    } else {
      const code = this.#secret('code');
      const resource = query.get('resource') ?? undefined;
      this.#codes.set(code, {
        challenge: query.get('code_challenge') ?? '',
        redirect: query.get('redirect_uri') ?? '',
        client: query.get('client_id') ?? '',
        issued: {
          family: randomBytes(4).toString('hex'),
          resource,
          scope: this.quirks.scopes ?? query.get('scope') ?? '',
        },
      });
      redirect.searchParams.set('code', code);
    }
    redirect.searchParams.set('state', query.get('state') ?? '');
    if (iss !== 'absent') redirect.searchParams.set('iss', iss === 'own' ? this.issuer : iss);
    response.writeHead(302, { location: redirect.href });
    response.end();
  }

  #register(body: string, response: ServerResponse): void {
    const { registration } = this.quirks;
    if (registration === 'forbidden') {
      response.writeHead(403, { 'content-type': 'text/plain' });
      response.end('Forbidden');
      return;
    }
    const wanted = JSON.parse(body) as Record<string, unknown>;
    this.registrations.push(wanted);
    const secret = registration === 'confidential' ? { client_secret: this.#secret('client') } : {};
    const client = { ...wanted, client_id: `client-${String(this.registrations.length)}`, ...secret };
    json(response, registration === 'ok' ? 200 : 201, client);
  }

  #token(body: URLSearchParams, response: ServerResponse): void {
    this.tokenRequests.push(body);
    const { gateway, error } = this.quirks;
    if (gateway !== undefined) {
      response.writeHead(gateway.status, { 'content-type': 'text/html' });
      response.end(gateway.body);
      return;
    }
    if (error !== undefined) {
      this.#send(response, error.status, { error: error.code, error_description: error.description });
      return;
    }
    const issued = this.#granted(body);
    if (issued === undefined) {
      this.#send(response, 400, { error: 'invalid_grant' });
      return;
    }
    const access = this.#secret('access');
    this.#access.set(access, issued);
    const { tokenType, expiresIn, idToken, success, scopes } = this.quirks;
    this.#send(response, success, {
      access_token: access,
      token_type: tokenType,
      expires_in: expiresIn,
      id_token: idToken,
      scope: scopes,
      ...this.#nextRefresh(body, issued),
    });
  }

  #nextRefresh(body: URLSearchParams, issued: Issued): { refresh_token?: string } {
    const isRefresh = body.get('grant_type') === 'refresh_token';
    const mode = this.quirks.refreshToken;
    if (body.get('grant_type') === 'client_credentials' || mode === 'none') return {};
    if (isRefresh && mode === 'omit-on-refresh') return {};
    if (isRefresh && mode === 'keep') return { refresh_token: body.get('refresh_token') ?? '' };
    const refresh = this.#secret('refresh');
    this.#refresh.set(refresh, issued);
    return { refresh_token: refresh };
  }

  /** Rotation with reuse detection: a used refresh token ends the whole family (RFC 9700 §4.14). */
  #granted(body: URLSearchParams): Issued | undefined {
    const type = body.get('grant_type');
    if (type === 'client_credentials')
      return { family: 'machine', resource: body.get('resource') ?? undefined, scope: body.get('scope') ?? '' };
    if (type === 'refresh_token') {
      const token = body.get('refresh_token') ?? '';
      const issued = this.#refresh.get(token);
      const family = this.#used.get(token);
      if (family !== undefined) this.#deadFamilies.add(family);
      if (issued === undefined || this.#deadFamilies.has(issued.family)) return undefined;
      const granted = scopesOf(issued.scope);
      if (this.quirks.checksScopes && scopesOf(body.get('scope')).some((scope) => !granted.includes(scope)))
        return undefined;
      if (this.quirks.refreshToken === 'rotate') {
        this.#refresh.delete(token);
        this.#used.set(token, issued.family);
      }
      return issued;
    }
    const found = this.#codes.get(body.get('code') ?? '');
    this.#codes.delete(body.get('code') ?? '');
    const verifier = body.get('code_verifier') ?? '';
    this.secrets.push(verifier);
    const challenge = createHash('sha256').update(verifier).digest('base64url');
    return found?.challenge === challenge && found.redirect === body.get('redirect_uri') ? found.issued : undefined;
  }

  #secret(kind: string): string {
    const text = `${kind}-${randomBytes(18).toString('base64url')}`;
    this.secrets.push(text);
    return text;
  }

  #send(response: ServerResponse, status: number, members: Record<string, unknown>): void {
    if (this.quirks.format === 'json') {
      json(response, status, members);
      return;
    }
    const defined = Object.entries(members).filter(([, value]) => value !== undefined);
    response.writeHead(status, { 'content-type': 'application/x-www-form-urlencoded' });
    response.end(new URLSearchParams(defined.map(([name, value]) => [name, String(value)])).toString());
  }
}

const scopesOf = (text: unknown): readonly string[] =>
  typeof text === 'string' ? text.split(' ').filter(Boolean) : [];
