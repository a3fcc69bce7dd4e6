import { createHash, randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { ClarityError, Secret, type LoginOperations, type StartedLogin } from '@clarity-runtime/core';
import { json, redirect, text, type Reply } from '../http/response.ts';
import { cookieOf } from './credentials.ts';
import { isLoopbackAddress } from './host-names.ts';
import type { IsOpener } from './login-openers.ts';

/** Where an authorization server sends a browser that began a login at the page. */
export const CALLBACK_PATH = '/oauth/upstream/callback';
/** The client metadata document of this installation (draft-ietf-oauth-client-id-metadata-document). */
export const CLIENT_DOCUMENT_PATH = '/oauth/client.json';

/** Where a person opens the link of an invitation; the handle follows. */
export const CONNECT_PATH = '/connect/';

/** Returns whether `BrowserLogins` serves a path. */
export const isBrowserLoginPath = (path: string): boolean =>
  path === CALLBACK_PATH || path === CLIENT_DOCUMENT_PATH || path.startsWith(CONNECT_PATH);

const COOKIE_SECONDS = 600;

/** Operations of logins whose caller is known by a random value alone. */
export type EndedLogins = Pick<LoginOperations, 'invited' | 'accept' | 'completeByState'>;

export interface BrowserLoginsOptions {
  readonly publicUrl?: URL | undefined;
  /** Name of this client in its metadata document. Default: `Clarity Runtime`. */
  readonly clientName?: string | undefined;
  /** Default: no browser may open the link of another client. */
  readonly isOpener?: IsOpener | undefined;
}

/** The address that the browser of a login returns to, and the value that ties the login to the browser. */
export interface BrowserLogin {
  readonly redirectUri: string;
  readonly binding: Secret;
}

/** Logins of browsers: they begin at the API, and end at the callback of this server. */
export class BrowserLogins {
  readonly #logins: EndedLogins;
  readonly #publicUrl: URL | undefined;
  readonly #clientName: string;
  readonly #isOpener: IsOpener | undefined;

  constructor(logins: EndedLogins, { publicUrl, clientName = 'Clarity Runtime', isOpener }: BrowserLoginsOptions) {
    this.#isOpener = isOpener;
    this.#logins = logins;
    this.#publicUrl = publicUrl;
    this.#clientName = clientName;
  }

  /**
   * Returns where the browser of a request returns to. `host` is its checked `Host` header.
   * @throws ClarityError REQUEST_INVALID at another machine without a public URL: the code would pass the network in clear text.
   */
  begin(host: string): BrowserLogin {
    const base = this.#publicUrl ?? new URL(`http://${host}`);
    if (this.#publicUrl === undefined && !isOwnMachine(base)) {
      throw new ClarityError('REQUEST_INVALID', `the browser cannot return to ${base.host} without TLS`, {
        field: 'redirectUri',
        hint: 'set --public-url to the https address of this daemon, or use `clarityctl auth login`',
      });
    }
    const binding = new Secret(randomBytes(32).toString('base64url'));
    return { redirectUri: new URL(CALLBACK_PATH, base).href, binding };
  }

  /** Returns the cookie that ties a login to the browser that began it; only the callback receives it. */
  cookie({ url }: StartedLogin, { binding }: BrowserLogin): string {
    const secure = this.#publicUrl?.protocol === 'https:' ? '; Secure' : '';
    const name = cookieName(new URL(url).searchParams.get('state') ?? '');
    // The redirect comes from another site, to which `SameSite=Strict` would not send it.
    return `${name}=${binding.reveal()}; Max-Age=${String(COOKIE_SECONDS)}; Path=${CALLBACK_PATH}; HttpOnly; SameSite=Lax${secure}`;
  }

  /** Returns the document of a path; undefined for another path. */
  serve(req: IncomingMessage, path: string, query: string): Promise<Reply> | Reply | undefined {
    if (path === CALLBACK_PATH) return this.#complete(req, query);
    if (path.startsWith(CONNECT_PATH)) return this.#connect(req, path.slice(CONNECT_PATH.length));
    return path === CLIENT_DOCUMENT_PATH ? this.#clientDocument() : undefined;
  }

  /** Begins the login of a link and sends the browser to the authorization server. */
  async #connect(req: IncomingMessage, handle: string): Promise<Reply> {
    const owner = req.method === 'GET' ? this.#logins.invited(handle) : undefined;
    if (owner === undefined) return text('This link is not valid any more: ask for a new one.', 410);
    if ((await this.#isOpener?.(req, owner)) !== true)
      return text(
        'This link is for the person who asked for it: sign in at /status as that person, and open it again.',
        403,
      );
    try {
      const login = this.begin(req.headers.host ?? '');
      const started = await this.#logins.accept(handle, login);
      return redirect(302, started.url, { 'set-cookie': this.cookie(started, login) });
    } catch (error) {
      if (!(error instanceof ClarityError)) throw error;
      const { message, hint } = error.failure;
      return text(`The login cannot begin: ${message}\n${hint}`, 400);
    }
  }

  /** The response has no script and nothing of the request. The code in the address is not sent on as a referrer. */
  async #complete(req: IncomingMessage, query: string): Promise<Reply> {
    const name = cookieName(new URLSearchParams(query).get('state') ?? '');
    const binding = new Secret(cookieOf(req, name) ?? '');
    const end = { 'set-cookie': `${name}=; Max-Age=0; Path=${CALLBACK_PATH}; HttpOnly; SameSite=Lax` };
    try {
      // A request that only asks for the head must not use the code.
      if (req.method !== 'GET') throw new ClarityError('LOGIN_EXPIRED', 'this request does not end a login');
      const { service } = await this.#logins.completeByState(new Secret(query), binding);
      const reply = text(`Logged in to ${service}. You can close this window.`);
      return { ...reply, headers: { ...reply.headers, ...end } };
    } catch (error) {
      if (!(error instanceof ClarityError)) throw error;
      const { message, hint } = error.failure;
      return text(`The login failed: ${message}\n${hint}`, error.code === 'LOGIN_EXPIRED' ? 410 : 400);
    }
  }

  /** A client without a public https address has no document: authorization servers read it from the internet. */
  #clientDocument(): Reply | undefined {
    const base = this.#publicUrl;
    if (base?.protocol !== 'https:') return undefined;
    const at = (path: string): string => new URL(path, base).href;
    return json(
      {
        client_id: at(CLIENT_DOCUMENT_PATH),
        client_name: this.#clientName,
        client_uri: base.href,
        application_type: 'native',
        // RFC 8252 §7.3: the port of a loopback redirect is not compared.
        redirect_uris: [at(CALLBACK_PATH), 'http://127.0.0.1/callback', 'http://localhost/callback'],
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
        token_endpoint_auth_method: 'none',
      },
      200,
      { 'cache-control': 'public, max-age=300' },
    );
  }
}

const isOwnMachine = ({ hostname }: URL): boolean =>
  hostname === 'localhost' || isLoopbackAddress(hostname.replace(/^\[|\]$/g, ''));

/** Several logins of one browser do not replace each other. The name shows nothing of `state`. */
const cookieName = (state: string): string =>
  `clarity_login_${createHash('sha256').update(state).digest('hex').slice(0, 16)}`;
