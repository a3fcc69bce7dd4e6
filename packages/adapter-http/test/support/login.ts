import {
  createRuntime,
  embeddedCaller,
  Secret,
  type OAuthSettings,
  type Runtime,
  type RuntimeAdapters,
  type RuntimeOptions,
  type ShownLogin,
} from '@clarity-runtime/core';
import { httpConnector, oauthClient } from '../../src/index.ts';
import { AuthorizationServerFixture } from '../../../../test/support/oauth/authorization-server.ts';
import { follow, type Quirks } from '../../../../test/support/oauth/server-quirks.ts';
import { ProtectedServer, type ProtectedQuirks } from '../../../../test/support/oauth/protected-server.ts';
import { remoteManifest, type RemoteOver } from './remote-service.ts';

export const REDIRECT = 'http://127.0.0.1:9999/callback';

/** Returns a runtime with the HTTP connector and OAuth. */
export const loginRuntime = (adapters: RuntimeAdapters = {}, options: RuntimeOptions = {}): Promise<Runtime> =>
  createRuntime({
    adapters: { connectors: [httpConnector()], authorization: oauthClient(), ...adapters },
    options: { words: 'program', supervision: { probeIntervalMs: 0 }, ...options },
  });

/** An authorization server, an MCP server that accepts its tokens, and a runtime with that service. */
export interface LoginWorld extends AsyncDisposable {
  readonly server: AuthorizationServerFixture;
  readonly upstream: ProtectedServer;
  readonly runtime: Runtime;
  readonly id: string;
  login(scopes?: readonly string[]): Promise<ShownLogin>;
  call(): Promise<{ readonly isError: boolean; readonly text: string }>;
  lifecycle(): string;
  events(kind: string): Promise<number>;
}

export interface WorldOptions {
  readonly quirks?: Partial<Quirks>;
  readonly resource?: Partial<ProtectedQuirks>;
  readonly auth?: OAuthSettings | ((server: AuthorizationServerFixture, upstream: ProtectedServer) => OAuthSettings);
  readonly adapters?: RuntimeAdapters;
  readonly origin?: RemoteOver;
  readonly options?: RuntimeOptions;
}

export async function loginWorld(options: WorldOptions = {}): Promise<LoginWorld> {
  const { quirks, resource, auth, adapters, origin } = options;
  const server = await AuthorizationServerFixture.start(quirks);
  const upstream = await ProtectedServer.start((token) => server.introspect(token), {
    issuers: [server.issuer],
    ...resource,
  });
  const runtime = await loginRuntime(adapters, options.options);
  const settings = typeof auth === 'function' ? auth(server, upstream) : auth;
  const over = { ...origin, ...(settings === undefined ? {} : { auth: settings }) };
  const applied = await runtime.services.apply(embeddedCaller, remoteManifest(upstream.endpoint, over));
  const id = applied.service.serviceId;
  return {
    server,
    upstream,
    runtime,
    id,
    login: (scopes) => loginTo(runtime, id, scopes),
    call: () => callEcho(runtime),
    lifecycle: () => runtime.services.get(embeddedCaller, id).status.lifecycle,
    events: async (kind) =>
      (await runtime.audit.recent(embeddedCaller, { limit: 500 })).filter((event) => event.kind === kind).length,
    [Symbol.asyncDispose]: async () => {
      await runtime.close();
      await upstream[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

export async function loginTo(runtime: Runtime, id: string, scopes?: readonly string[]): Promise<ShownLogin> {
  const started = await runtime.logins.begin(embeddedCaller, id, { redirectUri: REDIRECT, scopes });
  return runtime.logins.complete(embeddedCaller, started.flow, new Secret(await follow(started.url)));
}

export async function callEcho(runtime: Runtime): Promise<{ readonly isError: boolean; readonly text: string }> {
  const result = await runtime.tools.call(embeddedCaller, { name: 'remote__echo', arguments: {} });
  const { isError, content } = JSON.parse(JSON.stringify(result)) as { isError?: boolean; content: { text: string }[] };
  return { isError: isError === true, text: content.map(({ text }) => text).join('\n') };
}
