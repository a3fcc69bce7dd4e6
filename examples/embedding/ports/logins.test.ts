import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import {
  createContainer,
  createRuntime,
  defineService,
  embeddedCaller,
  PORT,
  Secret,
  systemClock,
  type Container,
  type Runtime,
  type UpstreamGrant,
} from '@clarity-runtime/core';
import { httpConnector, oauthClient } from '@clarity-runtime/adapter-http';
import { MemoryLeases, MemoryLoginStore, MemoryServiceRegistry } from '@clarity-runtime/core/memory';
import type { LoginStore } from '@clarity-runtime/core/ports';
import { AuthorizationServerFixture } from '../../../test/support/oauth/authorization-server.ts';
import { ProtectedServer } from '../../../test/support/oauth/protected-server.ts';
import { follow } from '../../../test/support/oauth/server-quirks.ts';
import { limitedIssuers } from './authorization-client.ts';
import { correctedClock } from './clock.ts';
import { reportedLeases, type Wait } from './leases.ts';
import { dataKeySealer } from './login-sealer.ts';
import { ReportedLogins, type LoginNotice } from './login-store.ts';

const HOUR_MS = 3_600_000;

let server: AuthorizationServerFixture;
let upstream: ProtectedServer;
beforeAll(async () => {
  server = await AuthorizationServerFixture.start();
  upstream = await ProtectedServer.start((token) => server.introspect(token), { issuers: [server.issuer] });
});
afterAll(async () => {
  await upstream[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

/** Starts a runtime that can log in, with the registrations of `register`. */
function start(register: (container: Container) => Container): Promise<Runtime> {
  const container = createContainer().register(PORT.serviceConnector, { useValue: httpConnector() });
  const adapters = { authorization: oauthClient() };
  return createRuntime({ container: register(container), adapters, options: { supervision: { probeIntervalMs: 0 } } });
}

async function registerRemote(runtime: Runtime): Promise<string> {
  const origin = { type: 'remote_mcp', endpoint: upstream.endpoint, transport: 'streamable_http' } as const;
  const { service } = await runtime.services.apply(embeddedCaller, defineService({ origin, module: 'remote' }));
  return service.serviceId;
}

async function logIn({ logins }: Runtime, serviceId: string): Promise<void> {
  const { flow, url } = await logins.begin(embeddedCaller, serviceId, {
    redirectUri: 'http://127.0.0.1:9999/callback',
  });
  await logins.complete(embeddedCaller, flow, new Secret(await follow(url)));
}

const callEcho = async ({ tools }: Runtime): Promise<unknown> =>
  (await tools.call(embeddedCaller, { name: 'remote__echo', arguments: {} })).content;
const echoed = [{ type: 'text', text: 'called echo' }];

async function storedGrant(store: LoginStore): Promise<UpstreamGrant> {
  const { items } = await store.list('default');
  const grant = items.map(({ value }) => value).find((value) => value.type === 'grant');
  if (grant === undefined) throw new Error('no login is stored');
  return grant;
}

test('authorizationClient: the application limits the authorization servers', async () => {
  const allowed = new Set<string>();
  const client = limitedIssuers(oauthClient(), (issuer) => allowed.has(issuer));
  await using runtime = await start((c) => c.register(PORT.authorizationClient, { useValue: client }));
  const serviceId = await registerRemote(runtime);
  const before = server.registrations.length;
  await expect(logIn(runtime, serviceId)).rejects.toMatchObject({ code: 'ENDPOINT_FORBIDDEN' });
  expect(server.registrations).toHaveLength(before);
  allowed.add(server.issuer);
  await logIn(runtime, serviceId);
  expect(await callEcho(runtime)).toEqual(echoed);
});

test('leases: the application hears which runtime another one waits for', async () => {
  const blue = new MemoryLeases({ clock: systemClock, holder: 'blue' });
  const store = new MemoryLoginStore();
  const waits: Wait[] = [];
  let release = (): Promise<void> => Promise.resolve();
  const green = reportedLeases(blue.handle('green'), (wait) => {
    waits.push(wait);
    void release();
  });
  let aheadMs = 0;
  await using runtime = await start((c) =>
    c
      .register(PORT.leases, { useValue: green })
      .register(PORT.loginStore, { useValue: store })
      .register(PORT.clock, { useValue: correctedClock(() => aheadMs) }),
  );
  const serviceId = await registerRemote(runtime);
  await logIn(runtime, serviceId);
  const name = `oauth/${(await storedGrant(store)).id}`;
  const lease = await blue.acquire('default', name, { ttlMs: HOUR_MS });
  if (!lease.held) throw new Error(`held by ${lease.by}`);
  release = () => lease.release();
  // The token has ended, so that the next connection renews it.
  aheadMs = 2 * HOUR_MS;
  await runtime.services.restart(embeddedCaller, serviceId);
  expect(waits[0]).toEqual({ name, by: 'blue' });
  expect((await storedGrant(store)).generation).toBeGreaterThan(1);
  await blue[Symbol.asyncDispose]();
});

test('loginSealer: a key of the application seals, and a former one still opens', async () => {
  const [first, second] = ['key-1', 'key-2'].map((id) => ({ id, key: randomBytes(32) }));
  if (first === undefined || second === undefined) throw new Error('no keys');
  const [store, services] = [new MemoryLoginStore(), new MemoryServiceRegistry()];
  const stored = (c: Container): Container =>
    c.register(PORT.loginStore, { useValue: store }).register(PORT.serviceRegistry, { useValue: services });
  let serviceId: string;
  {
    await using runtime = await start((c) => stored(c).register(PORT.loginSealer, { useValue: dataKeySealer(first) }));
    serviceId = await registerRemote(runtime);
    await logIn(runtime, serviceId);
    expect(await runtime.logins.report(embeddedCaller)).not.toHaveProperty('unkept');
  }
  const rotated = dataKeySealer(second, [first]);
  await using runtime = await start((c) => stored(c).register(PORT.loginSealer, { useValue: rotated }));
  const { id, sealed } = await storedGrant(store);
  expect(sealed.kid).toBe('key-1');
  expect(rotated.open(sealed, { tenant: 'default', record: 'other' })).toBeUndefined();
  expect(dataKeySealer(second).open(sealed, { tenant: 'default', record: id })).toBeUndefined();
  await runtime.services.start(embeddedCaller, serviceId);
  expect(await callEcho(runtime)).toEqual(echoed);
});

test('loginStore: the application is notified of logins and logouts', async () => {
  const notices: LoginNotice[] = [];
  const store = new ReportedLogins((notice) => notices.push(notice));
  await using runtime = await start((c) => c.register(PORT.loginStore, { useValue: store }));
  const serviceId = await registerRemote(runtime);
  await logIn(runtime, serviceId);
  await runtime.logins.logout(embeddedCaller, serviceId);
  const { issuer } = server;
  expect(notices).toEqual([
    { serviceId, issuer, state: 'active' },
    { serviceId, issuer, state: 'none' },
  ]);
});
