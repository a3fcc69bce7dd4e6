import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import type { CheckedToken } from '../../test/support/oauth/protected-server.ts';

const SERVER = fileURLToPath(new URL('server.mjs', import.meta.url));

/** Settings of `server.mjs`. */
export interface PeerSettings {
  readonly port?: number;
  readonly scopes?: readonly string[];
  readonly format?: 'opaque' | 'jwt';
  readonly registration?: boolean;
  /** Addresses of client documents, and where they are on this machine. */
  readonly documents?: Readonly<Record<string, string>>;
  /** The metadata that the server has: RFC 8414, OpenID Connect Discovery, or both. */
  readonly metadata?: 'both' | 'oauth' | 'openid';
  readonly jwks?: { readonly keys: readonly object[] };
  readonly denies?: boolean;
  /** Scopes that the person does not grant. */
  readonly withholds?: readonly string[];
}

export interface PeerLog {
  readonly authorizations: readonly Readonly<Record<string, string | undefined>>[];
  readonly registrations: readonly Readonly<Record<string, unknown>>[];
  readonly tokenRequests: readonly Readonly<Record<string, string | undefined>>[];
  readonly revocations: readonly string[];
  readonly refreshTokens: readonly { readonly token: string; readonly clientId: string }[];
}

/** An authorization server of `oidc-provider` in its own process. */
export class AuthorizationPeer implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly issuer: string;

  /** Checks an access token of the configured form, as a resource server does. */
  readonly check: (token: string) => Promise<CheckedToken | undefined>;

  private constructor(child: ChildProcess, issuer: string, format: PeerSettings['format']) {
    this.#child = child;
    this.issuer = issuer;
    const keys = createRemoteJWKSet(new URL(`${issuer}/jwks`));
    this.check = format === 'jwt' ? (token) => this.#verify(token, keys) : (token) => this.introspect(token);
  }

  static async start(settings: PeerSettings = {}): Promise<AuthorizationPeer> {
    const child = spawn(process.execPath, [SERVER, JSON.stringify(settings)], { stdio: ['pipe', 'pipe', 'pipe'] });
    let printed = '';
    const issuer = await new Promise<string>((resolve, reject) => {
      child.stderr.on('data', (chunk: Buffer) => (printed += chunk.toString()));
      child.stdout.on('data', (chunk: Buffer) => {
        printed += chunk.toString();
        const found = /^listening (\S+)$/m.exec(printed)?.[1];
        if (found !== undefined) resolve(found);
      });
      child.once('exit', (code) => {
        reject(new Error(`the authorization server ended with ${String(code)}:\n${printed}`));
      });
    });
    return new AuthorizationPeer(child, issuer, settings.format);
  }

  log(): Promise<PeerLog> {
    return this.#control('log') as Promise<PeerLog>;
  }

  async set(settings: Pick<PeerSettings, 'denies' | 'withholds'>): Promise<void> {
    await this.#control('set', settings);
  }

  async expire(tokens: readonly string[]): Promise<void> {
    await this.#control('expire', { tokens });
  }

  async withdraw(tokens: readonly string[]): Promise<void> {
    await this.#control('withdraw', { tokens });
  }

  /** RFC 7662. Undefined for a token that is not active. */
  async introspect(token: string): Promise<CheckedToken | undefined> {
    const response = await fetch(`${this.issuer}/token/introspection`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`resource-server:${'r'.repeat(43)}`).toString('base64')}` },
      body: new URLSearchParams({ token }),
    });
    const { active, scope = '', aud } = (await response.json()) as { active: boolean; scope?: string; aud?: string };
    return active ? { scope, resource: aud } : undefined;
  }

  token(body: Readonly<Record<string, string>>): Promise<Response> {
    return fetch(`${this.issuer}/token`, { method: 'POST', body: new URLSearchParams(body) });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.kill('SIGKILL');
    await ended;
  }

  /** RFC 9068. The audience is compared by the caller. */
  async #verify(token: string, keys: ReturnType<typeof createRemoteJWKSet>): Promise<CheckedToken | undefined> {
    try {
      const { payload } = await jwtVerify(token, keys, { issuer: this.issuer, typ: 'at+jwt' });
      return { scope: typeof payload['scope'] === 'string' ? payload['scope'] : '', resource: String(payload.aud) };
    } catch {
      return undefined;
    }
  }

  async #control(name: string, body: object = {}): Promise<unknown> {
    const response = await fetch(`${this.issuer}/control/${name}`, { method: 'POST', body: JSON.stringify(body) });
    if (response.status !== 200) throw new Error(`control ${name}: HTTP ${String(response.status)}`);
    return response.json();
  }
}

/** Follows the redirects of a login like a browser with cookies, until an address that starts with `end`. Returns that address. */
export async function browse(url: string, end: string): Promise<string> {
  const jar = new Map<string, string>();
  let next = url;
  for (let step = 0; step < 12; step += 1) {
    if (next.startsWith(end)) return next;
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(next, { redirect: 'manual', headers: { cookie } });
    for (const line of response.headers.getSetCookie()) {
      const [pair = ''] = line.split(';');
      jar.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1));
    }
    const location = response.headers.get('location');
    if (location === null) throw new Error(`no redirect, HTTP ${String(response.status)}: ${await response.text()}`);
    await response.body?.cancel();
    next = new URL(location, next).href;
  }
  throw new Error('the login has no end');
}
