import {
  embeddedCaller,
  Secret,
  type Manifest,
  type Runtime,
  type Service,
  type TokenSet,
} from '@clarity-runtime/core';
import type {
  AuthorizationClient,
  AuthorizationServer,
  Connection,
  ConnectionEvents,
  ConnectOptions,
} from '@clarity-runtime/core/ports';
import { FakeConnector, manifestOf } from './fake-connector.ts';

/** An exchange with an authorization server in this process. Each function can be replaced. */
export class FakeAuthorization implements AuthorizationClient {
  server: AuthorizationServer = {
    issuer: 'https://issuer.example',
    metadata: { token_endpoint: 'https://issuer.example/token' },
    resource: 'https://remote.example/mcp',
    registersClients: true,
    acceptsClientDocuments: false,
  };
  /** Milliseconds since the epoch of the end of each token; absent: unknown. */
  expiresAt: number | undefined;
  issued = 0;
  refreshes: string[] = [];
  revocations: string[] = [];
  onDiscover: () => Promise<AuthorizationServer | undefined> = () => Promise.resolve(this.server);
  onRefresh: (token: string) => Promise<TokenSet> = () => Promise.resolve(this.tokens());

  tokens(): TokenSet {
    this.issued += 1;
    return {
      accessToken: new Secret(`access-${String(this.issued)}`),
      refreshToken: new Secret(`refresh-${String(this.issued)}`),
      ...(this.expiresAt === undefined ? {} : { expiresAt: this.expiresAt }),
    };
  }

  discover(): Promise<AuthorizationServer | undefined> {
    return this.onDiscover();
  }

  register(): ReturnType<AuthorizationClient['register']> {
    return Promise.resolve({ id: 'client-1', method: 'none' });
  }

  authorize: AuthorizationClient['authorize'] = (_server, _client, { redirectUri, scopes }) => {
    const secrets = { state: new Secret('state'), verifier: new Secret('verifier') };
    return Promise.resolve({ url: 'https://issuer.example/authorize', request: { redirectUri, scopes, ...secrets } });
  };

  exchange(): Promise<TokenSet> {
    return Promise.resolve(this.tokens());
  }

  refresh: AuthorizationClient['refresh'] = (_server, _client, { refreshToken }) => {
    this.refreshes.push(refreshToken.reveal());
    return this.onRefresh(refreshToken.reveal());
  };

  clientCredentials(): Promise<TokenSet> {
    return Promise.resolve(this.tokens());
  }

  revoke: AuthorizationClient['revoke'] = (_server, _client, { tokens }) => {
    this.revocations.push(tokens.accessToken.reveal());
    return Promise.resolve();
  };
}

/** A connector for remote services that asks for the credential of the login, like the one for HTTP. */
export class FakeRemote extends FakeConnector {
  override readonly origin = 'remote_mcp' as never;
  /** Credentials of the connections, in order. */
  readonly sent: (string | undefined)[] = [];
  last: ConnectOptions | undefined;

  override async connect(service: Service, events: ConnectionEvents, options: ConnectOptions): Promise<Connection> {
    this.last = options;
    const credential = await options.authorization?.credential(options.signal);
    this.sent.push(credential?.secret.reveal());
    if (credential === undefined) await options.authorization?.refused({ isRepeated: false }, options.signal);
    return super.connect(service, events, options);
  }
}

export function remoteManifestOf(module = 'remote', auth?: object): Manifest {
  const manifest = manifestOf(module);
  const endpoint = `https://remote.example/mcp/${module}`;
  const origin = {
    type: 'remote_mcp',
    endpoint,
    transport: 'streamable_http',
    ...(auth === undefined ? {} : { auth }),
  };
  return { ...manifest, spec: { ...manifest.spec, origin } } as Manifest;
}

export const registerRemote = async (runtime: Runtime): Promise<string> =>
  (await runtime.services.apply(embeddedCaller, remoteManifestOf())).service.serviceId;

/** Logs in with a code that `FakeAuthorization` accepts. */
export const logIn = async ({ logins }: Runtime, serviceId: string): Promise<unknown> => {
  const { flow } = await logins.begin(embeddedCaller, serviceId, { redirectUri: 'http://127.0.0.1:1/callback' });
  return logins.complete(embeddedCaller, flow, new Secret('code=1'));
};
