import { ClarityError, LoginFailure } from '@clarity-runtime/core';
import { lazyModule, toPrintableAscii } from '@clarity-runtime/core/internal';
import type { LoginTarget } from '@clarity-runtime/core/ports';
import type * as OAuth from 'oauth4webapi';
import type { Metadata } from './metadata-reader.ts';
import { shownOrigin, type OAuthHttp, type OAuthResponse } from './oauth-http.ts';
import { responseMembers } from './token-response.ts';

interface FetchInit {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

type SendOptions = OAuth.TokenEndpointRequestOptions;

const loadLibrary = lazyModule<typeof OAuth>({ load: () => import('oauth4webapi'), has: 'discoveryRequest' });
let loaded: typeof OAuth | undefined;

/** Loads the library at the first login: most starts need none. */
export async function loadOAuth(): Promise<typeof OAuth> {
  loaded ??= await loadLibrary();
  return loaded;
}

/** Sends the requests of the library through the HTTP client of this package, and reads the responses with its tolerances. */
export class OAuthRequests {
  readonly #http: OAuthHttp;

  constructor(http: OAuthHttp) {
    this.#http = http;
  }

  /** Returns the members of the response to the request that `send` makes. @throws LoginFailure */
  async members(
    target: LoginTarget,
    what: string,
    signal: AbortSignal,
    send: (options: SendOptions) => Promise<Response>,
  ): Promise<Metadata> {
    let members: Metadata | undefined;
    const options = this.options(target, signal, (found) => {
      members = responseMembers(found, what);
    });
    try {
      await send(options);
    } catch (error) {
      throw requestFailure(error, what);
    }
    if (members === undefined) throw new LoginFailure('LOGIN_FAILED', 'transient', `${what} gave no response`);
    return members;
  }

  /** Returns the options of a request of the library; `read` receives the response. */
  options(
    target: LoginTarget,
    signal: AbortSignal,
    read: (response: OAuthResponse) => void = () => undefined,
  ): SendOptions {
    const http = this.#http;
    const customFetch = async (address: string, init: FetchInit): Promise<Response> => {
      const url = new URL(address);
      const body = init.body === null || init.body === undefined ? undefined : Buffer.from(textOf(init.body));
      const headers = Object.fromEntries(
        Object.entries(init.headers).map(([name, value]) => [name.toLowerCase(), value]),
      );
      const method = init.method === 'GET' ? 'GET' : 'POST';
      const found = await http.send(target, { method, url, headers, ...(body === undefined ? {} : { body }) }, signal);
      // RFC 9700 §4.12: a redirect of a POST would send the code to another place.
      if (found.status >= 300 && found.status < 400)
        throw new LoginFailure('LOGIN_FAILED', 'refused', `${shownOrigin(url)} redirects, which is not followed`);
      read(found);
      return new Response(null, { status: 200 });
    };
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- `isLoginUrl` allows http for this machine only
    const { customFetch: fetchKey, allowInsecureRequests } = symbols();
    return { signal, [fetchKey]: customFetch, [allowInsecureRequests]: true };
  }
}

function symbols(): Pick<typeof OAuth, 'customFetch' | 'allowInsecureRequests'> {
  if (loaded === undefined) throw new Error('the library is loaded before its symbols are used');
  return loaded;
}

const textOf = (body: unknown): string => (body instanceof URLSearchParams ? body.toString() : String(body));

/** Errors of the library carry parts of the response, so that only its message is used. */
export function requestFailure(error: unknown, what: string): unknown {
  if (error instanceof ClarityError) return error;
  const reason = error instanceof Error ? toPrintableAscii(error.message, 200) : 'unknown error';
  return new LoginFailure('LOGIN_FAILED', 'refused', `${what}: ${reason}`);
}
