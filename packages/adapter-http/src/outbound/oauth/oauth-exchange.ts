import { ClarityError, LoginFailure, Secret, type TokenSet } from '@clarity-runtime/core';
import { toPrintableAscii } from '@clarity-runtime/core/internal';
import type {
  AuthorizationClient,
  AuthorizationRequest,
  AuthorizationServer,
  LoginTarget,
  OAuthClient,
  RegisteredClient,
} from '@clarity-runtime/core/ports';
import type * as OAuth from 'oauth4webapi';
import { authenticationOf } from './client-authentication.ts';
import type { ServerDiscovery } from './discovery.ts';
import type { OAuthHttp } from './oauth-http.ts';
import { loadOAuth, OAuthRequests, requestFailure } from './oauth-requests.ts';
import { oauthError, tokenSet } from './token-response.ts';

type Parameters = Record<string, string>;

const TOKEN_ENDPOINT = 'the token endpoint';

export interface OAuthExchangeDependencies {
  readonly http: OAuthHttp;
  readonly discovery: ServerDiscovery;
  readonly now: () => number;
  /** Name of this client for people. */
  readonly clientName: string;
}

const CLIENT_METHODS: ReadonlySet<string> = new Set(['none', 'client_secret_basic', 'client_secret_post']);

/** Logins with `oauth4webapi`, which makes the requests and checks the redirects. */
export class OAuthExchange implements AuthorizationClient {
  readonly #dependencies: OAuthExchangeDependencies;
  readonly #requests: OAuthRequests;

  constructor(dependencies: OAuthExchangeDependencies) {
    this.#dependencies = dependencies;
    this.#requests = new OAuthRequests(dependencies.http);
  }

  discover(target: LoginTarget, signal: AbortSignal): Promise<AuthorizationServer | undefined> {
    return this.#dependencies.discovery.find(target, signal);
  }

  async register(
    server: AuthorizationServer,
    { target, redirectUri, scopes }: { target: LoginTarget; redirectUri: string; scopes: readonly string[] },
    signal: AbortSignal,
  ): Promise<RegisteredClient> {
    const oauth = await loadOAuth();
    const offered = server.metadata['token_endpoint_auth_methods_supported'];
    const isPublic = !Array.isArray(offered) || offered.includes('none');
    const isLoopback = ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(redirectUri).hostname);
    const isBasic = !Array.isArray(offered) || offered.includes('client_secret_basic');
    const wanted = {
      client_name: this.#dependencies.clientName,
      // SEP-837: a native client may use a loopback redirect.
      application_type: isLoopback ? 'native' : 'web',
      redirect_uris: [redirectUri],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: isPublic ? 'none' : isBasic ? 'client_secret_basic' : 'client_secret_post',
      ...(scopes.length === 0 ? {} : { scope: scopes.join(' ') }),
    };
    const what = 'the registration endpoint';
    const members = await this.#requests.members(target, what, signal, (options) =>
      oauth.dynamicClientRegistrationRequest(serverOf(server), wanted, options as never),
    );
    const {
      client_id: id,
      client_secret: secret,
      token_endpoint_auth_method: method,
      client_secret_expires_at: end,
    } = members;
    if (typeof id !== 'string' || id === '')
      throw new LoginFailure('LOGIN_FAILED', 'refused', `${what} gave no client id`);
    const named = typeof method === 'string' ? method : typeof secret === 'string' ? 'client_secret_basic' : 'none';
    if (!CLIENT_METHODS.has(named))
      throw new LoginFailure('LOGIN_FAILED', 'refused', `${what} wants the method ${toPrintableAscii(named, 60)}`);
    return {
      id,
      method: named as OAuthClient['method'],
      ...(typeof secret === 'string' ? { secret: new Secret(secret) } : {}),
      ...(typeof end === 'number' && end > 0 ? { secretExpiresAt: end * 1_000 } : {}),
    };
  }

  async authorize(
    { metadata, resource }: AuthorizationServer,
    client: OAuthClient,
    { target, redirectUri, scopes }: { target: LoginTarget; redirectUri: string; scopes: readonly string[] },
  ): Promise<{ readonly url: string; readonly request: AuthorizationRequest }> {
    const oauth = await loadOAuth();
    const verifier = oauth.generateRandomCodeVerifier();
    const state = oauth.generateRandomState();
    const endpoint = metadata['authorization_endpoint'];
    if (typeof endpoint !== 'string')
      throw new ClarityError('LOGIN_FAILED', 'the server has no authorization endpoint');
    const url = new URL(endpoint);
    const parameters: Parameters = {
      // OpenID Connect Core 1.0 §11: without it a server ignores `offline_access`, and gives no refresh token.
      ...(scopes.includes('offline_access') ? { prompt: 'consent' } : {}),
      ...target.settings.authorizeParams,
      response_type: 'code',
      client_id: client.id,
      redirect_uri: redirectUri,
      state,
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      ...(scopes.length === 0 ? {} : { scope: scopes.join(' ') }),
      ...(resource === undefined ? {} : { resource }),
    };
    for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
    const request = { redirectUri, scopes, state: new Secret(state), verifier: new Secret(verifier) };
    return { url: url.href, request };
  }

  async exchange(
    server: AuthorizationServer,
    client: OAuthClient,
    given: { target: LoginTarget; request: AuthorizationRequest; response: Secret },
    signal: AbortSignal,
  ): Promise<TokenSet> {
    const { target, request, response } = given;
    const oauth = await loadOAuth();
    const checked = await this.#checkedRedirect(server, client, request, response);
    const auth = await authenticationOf(oauth, client);
    const members = await this.#requests.members(target, TOKEN_ENDPOINT, signal, (options) =>
      oauth.authorizationCodeGrantRequest(
        serverOf(server),
        clientOf(client),
        auth,
        checked,
        request.redirectUri,
        request.verifier.reveal(),
        {
          ...options,
          additionalParameters: resourceOf(server),
        },
      ),
    );
    return tokenSet(members, this.#dependencies.now());
  }

  async refresh(
    server: AuthorizationServer,
    client: OAuthClient,
    { target, refreshToken, scopes }: { target: LoginTarget; refreshToken: Secret; scopes: readonly string[] },
    signal: AbortSignal,
  ): Promise<TokenSet> {
    const oauth = await loadOAuth();
    const auth = await authenticationOf(oauth, client);
    const additionalParameters: Parameters = {
      ...resourceOf(server),
      ...(scopes.length === 0 ? {} : { scope: scopes.join(' ') }),
    };
    const members = await this.#requests.members(target, TOKEN_ENDPOINT, signal, (options) =>
      oauth.refreshTokenGrantRequest(serverOf(server), clientOf(client), auth, refreshToken.reveal(), {
        ...options,
        additionalParameters,
      }),
    );
    return tokenSet(members, this.#dependencies.now(), refreshToken);
  }

  async clientCredentials(
    server: AuthorizationServer,
    client: OAuthClient,
    { target, scopes }: { target: LoginTarget; scopes: readonly string[] },
    signal: AbortSignal,
  ): Promise<TokenSet> {
    const oauth = await loadOAuth();
    const auth = await authenticationOf(oauth, client);
    const parameters: Parameters = {
      ...resourceOf(server),
      ...(scopes.length === 0 ? {} : { scope: scopes.join(' ') }),
    };
    const members = await this.#requests.members(target, TOKEN_ENDPOINT, signal, (options) =>
      oauth.clientCredentialsGrantRequest(serverOf(server), clientOf(client), auth, parameters, options),
    );
    return tokenSet(members, this.#dependencies.now());
  }

  async revoke(
    server: AuthorizationServer,
    client: OAuthClient,
    { target, tokens }: { target: LoginTarget; tokens: Pick<TokenSet, 'accessToken' | 'refreshToken'> },
    signal: AbortSignal,
  ): Promise<void> {
    if (typeof server.metadata['revocation_endpoint'] !== 'string') return;
    const oauth = await loadOAuth();
    for (const token of [tokens.refreshToken, tokens.accessToken]) {
      if (token === undefined) continue;
      const auth = await authenticationOf(oauth, client);
      await oauth
        .revocationRequest(
          serverOf(server),
          clientOf(client),
          auth,
          token.reveal(),
          this.#requests.options(target, signal),
        )
        .catch(() => undefined);
    }
  }

  /** RFC 9207 and RFC 6749 §4.1.2: `state` and `iss` are compared before anything else of the response is used. */
  async #checkedRedirect(
    server: AuthorizationServer,
    client: OAuthClient,
    { state }: AuthorizationRequest,
    response: Secret,
  ): Promise<URLSearchParams> {
    const oauth = await loadOAuth();
    const query = new URLSearchParams(response.reveal());
    if (query.get('state') !== state.reveal())
      throw new LoginFailure('LOGIN_FAILED', 'refused', 'the address does not belong to this login (state differs)');
    const issuer = query.get('iss');
    const isNeeded = server.metadata['authorization_response_iss_parameter_supported'] === true;
    if (issuer === null ? isNeeded : issuer !== server.issuer)
      throw new LoginFailure('LOGIN_ISSUER_MISMATCH', 'refused', 'the response names another issuer, or none');
    try {
      return oauth.validateAuthResponse(serverOf(server), clientOf(client), query, state.reveal());
    } catch (error) {
      const code = query.get('error');
      if (code !== null) throw oauthError(code, query.get('error_description'), 'the authorization server');
      throw requestFailure(error, 'the authorization response');
    }
  }
}

const serverOf = ({ issuer, metadata }: AuthorizationServer): OAuth.AuthorizationServer => ({ ...metadata, issuer });

const clientOf = ({ id }: OAuthClient): OAuth.Client => ({ client_id: id });

const resourceOf = ({ resource }: AuthorizationServer): Parameters => (resource === undefined ? {} : { resource });
