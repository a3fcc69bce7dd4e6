import { systemCaller, type Caller } from '../../domain/access/caller.ts';
import { OPERATOR } from '../../domain/access/registrant.ts';
import type { Secret } from '../../domain/access/secret.ts';
import { DEFAULT_TENANT } from '../../domain/access/tenant.ts';
import { ClarityError } from '../../domain/errors/clarity-error.ts';
import { registrationId, type ClientRegistration, type UpstreamGrant } from '../../domain/login/login-record.ts';
import type { OAuthClientSettings } from '../../domain/login/oauth-settings.ts';
import { hostOf } from '../../domain/access/secret-scope.ts';
import { toPrintableAscii, valueText } from '../../domain/text/safe-text.ts';
import type {
  AuthorizationClient,
  AuthorizationServer,
  Clock,
  CredentialResolver,
  LoginTarget,
  OAuthClient,
} from '../../ports/index.ts';
import type { LoginVault } from './login-vault.ts';

export interface OAuthClientsDependencies {
  readonly vault: LoginVault;
  /** Undefined if this runtime has no adapter for OAuth. */
  readonly exchange: AuthorizationClient | undefined;
  readonly clock: Clock;
  /** Resolves `spec.origin.auth.client.secretRef` and `keyRef`. */
  readonly credentials: CredentialResolver;
  /** URL of the client metadata document of this installation. */
  readonly clientDocument?: string | undefined;
}

/** Registered clients of one issuer that no login uses: as many as logins of one caller can be in progress. */
const MAX_UNUSED = 8;

/** A client and the registration that it comes from. */
export interface FoundClient {
  readonly client: OAuthClient;
  readonly registration?: string;
}

export interface ClientRequest {
  readonly target: LoginTarget;
  readonly redirectUri: string;
  readonly scopes: readonly string[];
}

/**
 * Finds the client of this runtime at an authorization server: the one of the manifest, the URL of its metadata document, a
 * registered one, a new registration (MCP 2026-07-28, Client Registration).
 */
export class OAuthClients {
  readonly #dependencies: OAuthClientsDependencies;

  constructor(dependencies: OAuthClientsDependencies) {
    this.#dependencies = dependencies;
  }

  /** @throws ClarityError LOGIN_CLIENT_NEEDED, with the redirect URI to register. */
  async find(server: AuthorizationServer, request: ClientRequest, signal: AbortSignal): Promise<FoundClient> {
    const { target, redirectUri } = request;
    const { clientDocument } = this.#dependencies;
    if (target.settings.client !== undefined) return { client: await this.configured(server, target) };
    if (clientDocument !== undefined && server.acceptsClientDocuments)
      return { client: { id: clientDocument, method: 'none' } };
    const known = this.#registered(server, request);
    if (known !== undefined) return known;
    if (!server.registersClients) {
      throw new ClarityError('LOGIN_CLIENT_NEEDED', `${toPrintableAscii(server.issuer)}; redirect URI ${redirectUri}`, {
        field: 'spec.origin.auth.client',
        hint: `register a client with the redirect URI ${redirectUri}, then set spec.origin.auth.client and spec.origin.auth.redirectPort`,
      });
    }
    return this.#register(server, request, signal);
  }

  /** Returns the client of a grant; undefined if its registration has ended. */
  async ofGrant(
    server: AuthorizationServer,
    target: LoginTarget,
    grant: UpstreamGrant,
  ): Promise<OAuthClient | undefined> {
    if (grant.registration !== undefined) return this.#usable(grant.registration)?.client;
    const { client } = target.settings;
    if (client?.id === grant.clientId) return this.configured(server, target);
    return grant.clientId === this.#dependencies.clientDocument ? { id: grant.clientId, method: 'none' } : undefined;
  }

  /** Returns the client of the manifest. @throws ClarityError CREDENTIAL_MISSING, SECRET_HOST_FORBIDDEN and others. */
  async configured(server: AuthorizationServer, target: LoginTarget): Promise<OAuthClient> {
    const { client } = target.settings;
    if (client === undefined) {
      throw new ClarityError('LOGIN_CLIENT_NEEDED', `client credentials at ${toPrintableAscii(server.issuer)}`, {
        field: 'spec.origin.auth.client',
        hint: 'set spec.origin.auth.client with id and secretRef or keyRef',
      });
    }
    const secret = await this.#resolved(target, server, client, 'secretRef');
    const key = await this.#resolved(target, server, client, 'keyRef');
    return {
      id: client.id,
      method: methodOf(client, server),
      ...(secret === undefined ? {} : { secret }),
      ...(key === undefined ? {} : { key }),
    };
  }

  /** The server does not know a registered client any more. */
  async discard(registration: string): Promise<void> {
    await this.#dependencies.vault.remove(systemCaller, registration);
  }

  /** A server may refuse scopes that the registration did not name, so that these need another client. */
  #registered({ issuer }: AuthorizationServer, { redirectUri, scopes }: ClientRequest): FoundClient | undefined {
    for (const known of this.#dependencies.vault.clients(issuer)) {
      const covers = scopes.every((scope) => known.scopes?.includes(scope) === true);
      const found = known.redirectUri === redirectUri && covers ? this.#usable(known.id) : undefined;
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #usable(id: string): FoundClient | undefined {
    const { vault, clock } = this.#dependencies;
    const found = vault.client(id);
    if (found === undefined) return undefined;
    const { secretExpiresAt, sealed, clientId, method } = found;
    if (secretExpiresAt !== undefined && Date.parse(secretExpiresAt) <= clock.wall().getTime()) return undefined;
    if (sealed === undefined) return { client: { id: clientId, method }, registration: id };
    const secret = vault.unseal(id, sealed);
    return secret === undefined ? undefined : { client: { id: clientId, method, secret }, registration: id };
  }

  async #register(server: AuthorizationServer, request: ClientRequest, signal: AbortSignal): Promise<FoundClient> {
    const { vault, exchange, clock } = this.#dependencies;
    const { redirectUri, scopes, target } = request;
    if (exchange === undefined) throw new ClarityError('LOGIN_FAILED', 'this runtime has no adapter for OAuth');
    const { secret, secretExpiresAt, ...client } = await exchange.register(server, request, signal);
    const id = registrationId(DEFAULT_TENANT, { issuer: server.issuer, redirectUri, scopes });
    const record: ClientRegistration = {
      schema: 1,
      type: 'client',
      id,
      issuer: server.issuer,
      redirectUri,
      clientId: client.id,
      method: client.method,
      scopes,
      registeredAt: clock.wall().toISOString(),
      ...(secretExpiresAt === undefined ? {} : { secretExpiresAt: new Date(secretExpiresAt).toISOString() }),
      ...(secret === undefined ? {} : { sealed: vault.seal(id, secret.reveal()) }),
    };
    const caller: Caller = systemCaller;
    await vault.register(caller, record, {
      kind: 'login.client_registered',
      level: 'info',
      message: `Client registered at ${toPrintableAscii(server.issuer)}`,
      serviceId: target.service.serviceId,
      caller,
      data: { issuer: toPrintableAscii(server.issuer), clientId: toPrintableAscii(client.id, 200) },
    });
    await this.#forgetOld(server.issuer, id);
    return { client: { ...client, ...(secret === undefined ? {} : { secret }) }, registration: id };
  }

  /** Each new redirect URI and each new scope has a client: the oldest ones without a login are forgotten. */
  async #forgetOld(issuer: string, newest: string): Promise<void> {
    const { vault } = this.#dependencies;
    const used = new Set([newest, ...vault.grants().map(({ registration }) => registration)]);
    const unused = vault.clients(issuer).filter(({ id }) => !used.has(id));
    unused.sort((a, b) => (a.registeredAt < b.registeredAt ? 1 : -1));
    for (const { id } of unused.slice(MAX_UNUSED)) await vault.remove(systemCaller, id).catch(() => undefined);
  }

  async #resolved(
    { service }: LoginTarget,
    { metadata }: AuthorizationServer,
    client: OAuthClientSettings,
    member: 'secretRef' | 'keyRef',
  ): Promise<Secret | undefined> {
    const reference = client[member];
    if (reference === undefined) return undefined;
    const endpoint = valueText(metadata['token_endpoint']);
    const found = await this.#dependencies.credentials(reference, {
      tenant: DEFAULT_TENANT,
      registrant: service.registrant ?? OPERATOR,
      service: service.namespace,
      purpose: 'client',
      // The secret goes to the authorization server, not to the service.
      ...(URL.canParse(endpoint) ? { host: hostOf(new URL(endpoint)) } : {}),
    });
    return found.secret;
  }
}

/** Returns the method of the manifest; else one that the server offers for the credential that the client has. */
function methodOf({ method, secretRef, keyRef }: OAuthClientSettings, { metadata }: AuthorizationServer) {
  if (method !== undefined) return method;
  if (keyRef !== undefined) return 'private_key_jwt';
  if (secretRef === undefined) return 'none';
  const offered = metadata['token_endpoint_auth_methods_supported'];
  // RFC 8414 §2: a server that lists none supports client_secret_basic.
  const isBasic = !Array.isArray(offered) || offered.includes('client_secret_basic');
  return isBasic ? 'client_secret_basic' : 'client_secret_post';
}
