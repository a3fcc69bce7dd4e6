import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ClarityError, createRuntime, Secret, type Runtime } from '@clarity-runtime/core';
import { MemoryLoginStore } from '@clarity-runtime/core/memory';
import type { AuthorizationClient, ServiceConnector } from '@clarity-runtime/core/ports';
import { fakeAuthorization } from '../support/fake-authorization.ts';
import { FakeConnector } from '../support/fake-connector.ts';
import { remoteManifest } from '../support/remote-service.ts';
import { adminOf, OPERATOR, ownerOf, startTenants } from '../support/tenants.ts';

const TENANTS = ['default', 'red', 'blue'] as const;
type Tenant = (typeof TENANTS)[number];
const ENDPOINT = 'https://far.example/mcp';

interface Flow {
  readonly id: string;
  readonly state: string;
  readonly tenant: Tenant;
  readonly browser: number;
  /** The operator of all tenants began it. */
  readonly isOperator: boolean;
  isOver: boolean;
}

/** Returns whether a request of a caller may end a login. */
const isOwn = (flow: Flow, by: Pick<Flow, 'tenant' | 'isOperator'>): boolean =>
  !flow.isOver && by.tenant === flow.tenant && by.isOperator === flow.isOperator;

/** Issues tokens that name the login that they are of. */
function authorization(): AuthorizationClient {
  let count = 0;
  return {
    ...fakeAuthorization,
    authorize: (_server, _client, { redirectUri, scopes }) => {
      count += 1;
      const state = `state-${String(count)}`;
      const request = { redirectUri, scopes, state: new Secret(state), verifier: new Secret('v') };
      return Promise.resolve({ url: `https://issuer.example/authorize?state=${state}`, request });
    },
    exchange: (_server, _client, { request }) =>
      Promise.resolve({ accessToken: new Secret(`token-of-${request.state.reveal()}`) }),
  };
}

/** A remote service that needs a login, and the tokens that it received. */
function connectorOf(received: Set<string>): ServiceConnector {
  const fake = new FakeConnector();
  return {
    origin: 'remote_mcp',
    admit: () => Promise.resolve(undefined),
    connect: async (_service, _events, { authorization: login, signal }) => {
      const credential = await login?.credential(signal);
      if (credential === undefined) throw new ClarityError('LOGIN_REQUIRED', 'no login');
      received.add(credential.secret.reveal());
      return fake.connect();
    },
  };
}

async function world() {
  const logins = new MemoryLoginStore();
  const received = new Map(TENANTS.map((tenant) => [tenant as string, new Set<string>()]));
  // One store, one authorization client and one service address for all.
  const shared = authorization();
  const daemon = await startTenants({}, (tenant) => ({
    logins,
    authorization: shared,
    connectors: [connectorOf(received.get(tenant) ?? new Set())],
  }));
  const services = new Map<Tenant, string>();
  const tokens = new Map<Tenant, string>();
  for (const tenant of TENANTS) {
    const runtime: Runtime = daemon.tenants.get(tenant) ?? daemon.runtime;
    const { service } = await runtime.services.apply(ownerOf(tenant), remoteManifest(ENDPOINT));
    services.set(tenant, service.serviceId);
    tokens.set(tenant, await adminOf(daemon, tenant));
  }
  const api = async (tenant: Tenant, method: string, path: string, body?: object, isOperator = false) => {
    const credential: Record<string, string> = isOperator
      ? { authorization: `Bearer ${OPERATOR}`, 'x-clarity-tenant': tenant }
      : { authorization: `Bearer ${tokens.get(tenant) ?? ''}` };
    const headers = { ...credential, 'content-type': 'application/json' };
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    const answer = await fetch(daemon.url + path, { method, headers, ...sent });
    return { status: answer.status, text: await answer.text(), cookie: answer.headers.get('set-cookie') ?? '' };
  };
  return { daemon, received, services, api };
}

const tenant = fc.constantFrom(...TENANTS);
const pick = fc.nat(7);
const browser = fc.nat(1);
const isOperator = fc.boolean();
const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('begin' as const), tenant, browser, isOperator }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('callback' as const), flow: pick, browser }) },
  fc.record({ do: fc.constant('complete' as const), flow: pick, tenant, isOperator }),
  fc.record({ do: fc.constant('cancel' as const), flow: pick, tenant, isOperator }),
  fc.record({ do: fc.constant('logout' as const), tenant, of: tenant }),
);

test('T-589 law: a login ends in the tenant that began it, and no other tenant sees, ends, cancels or uses it', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 16 }), async (steps) => {
      const { daemon, received, services, api } = await world();
      await using _ = daemon;
      const jars: string[][] = [[], []];
      const flows: Flow[] = [];
      const model = new Map<Tenant, string>();
      const finish = (flow: Flow, status: number, isAllowed: boolean): void => {
        expect([flow.state, status === 200]).toEqual([flow.state, isAllowed]);
        if (!isAllowed) return;
        flow.isOver = true;
        model.set(flow.tenant, flow.state);
      };
      for (const each of steps) {
        const flow = 'flow' in each ? flows[each.flow % Math.max(1, flows.length)] : undefined;
        if (each.do === 'begin') {
          const begun = await api(
            each.tenant,
            'POST',
            `/api/services/${services.get(each.tenant) ?? ''}/login`,
            {},
            each.isOperator,
          );
          if (begun.status !== 200) continue;
          const { flow: id, url } = JSON.parse(begun.text) as { flow: string; url: string };
          jars[each.browser]?.push(begun.cookie.split(';')[0] ?? '');
          const state = new URL(url).searchParams.get('state') ?? '';
          flows.push({ ...each, id, state, isOver: false });
        } else if (each.do === 'callback' && flow !== undefined) {
          const cookie = (jars[each.browser] ?? []).join('; ');
          const address = `${daemon.url}/oauth/upstream/callback?code=c&state=${flow.state}`;
          const answer = await fetch(address, { headers: { cookie, 'x-clarity-tenant': 'red' } });
          await answer.text();
          finish(flow, answer.status, !flow.isOver && each.browser === flow.browser);
        } else if (each.do === 'complete' && flow !== undefined) {
          const response = `?code=c&state=${flow.state}`;
          const answer = await api(
            each.tenant,
            'POST',
            `/api/auth/flows/${flow.id}/complete`,
            { response },
            each.isOperator,
          );
          finish(flow, answer.status, isOwn(flow, each));
        } else if (each.do === 'cancel' && flow !== undefined) {
          const answer = await api(each.tenant, 'DELETE', `/api/auth/flows/${flow.id}`, {}, each.isOperator);
          const isAllowed = isOwn(flow, each);
          expect(answer.status === 200).toBe(isAllowed);
          if (isAllowed) flow.isOver = true;
        } else if (each.do === 'logout') {
          // The id of a service at one address is that of its tenant too, so that each tenant ends its own login.
          const answer = await api(each.tenant, 'POST', `/api/services/${services.get(each.of) ?? ''}/logout`, {});
          if (answer.status === 200) {
            expect(JSON.parse(answer.text)).toEqual({ loggedOut: model.delete(each.tenant) });
          }
        }
        for (const name of TENANTS) {
          const { text } = await api(name, 'GET', '/api/auth/status');
          expect([name, text.includes('"active"')]).toEqual([name, model.has(name)]);
        }
      }
      for (const name of TENANTS) {
        const own = new Set(flows.filter((flow) => flow.tenant === name).map(({ state }) => `token-of-${state}`));
        for (const used of received.get(name) ?? []) expect([name, used, own.has(used)]).toEqual([name, used, true]);
      }
    }),
    { numRuns: 12 },
  );
});

test('T-590 a link of one tenant is opened by its person in that tenant, and by no one of the same name in another', async () => {
  const { daemon, services } = await world();
  await using _ = daemon;
  const red = daemon.tenants.get('red') as Runtime;
  const holder = async (name: (typeof TENANTS)[number]) => {
    const runtime = daemon.tenants.get(name) ?? daemon.runtime;
    const { token } = await runtime.tokens.create(ownerOf(name), {
      name: 'anna',
      grants: ownerOf(name).grants,
      doors: ['mcp', 'http'],
    });
    const answer = await fetch(`${daemon.url}/api/session`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, origin: daemon.url, 'content-type': 'application/json' },
      body: '{}',
    });
    await answer.text();
    return { token, cookie: (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? '' };
  };
  const [ofRed, ofBlue, ofDefault] = [await holder('red'), await holder('blue'), await holder('default')];
  const identity = red.tokens.authenticate(ofRed.token);
  if (identity === undefined) throw new Error('the token is not known');
  const { principal, credential } = identity;
  const caller = { ...ownerOf('red'), principal, credential, door: 'mcp' as const };
  const invite = () => red.logins.invite(caller, services.get('red') ?? '');
  const { handle, command } = await invite();
  expect(command).toBe('clarityctl auth login remote --tenant red');
  const open = async (cookie: string): Promise<number> => {
    const answer = await fetch(`${daemon.url}/connect/${handle}`, { headers: { cookie }, redirect: 'manual' });
    await answer.text();
    return answer.status;
  };
  for (const cookie of ['', ofBlue.cookie, ofDefault.cookie]) expect(await open(cookie)).toBe(403);
  expect([ofRed.cookie === '', await open(ofRed.cookie), await open(ofRed.cookie)]).toEqual([false, 302, 410]);
});

test('T-590 the user of this machine is not the person of a link of a token of another tenant', async () => {
  const logins = new MemoryLoginStore();
  const shared = authorization();
  const red = await createRuntime(
    { logins, authorization: shared, connectors: [connectorOf(new Set())] },
    { tenant: 'red' },
  );
  const { createHttpServer } = await import('../../src/index.ts');
  await using own = await createRuntime({ logins, authorization: shared });
  const tenants = {
    ...{ find: () => red, runtimes: () => [red], list: () => Promise.resolve([]) },
    ...{ create: () => Promise.reject(new Error('no')), remove: () => Promise.reject(new Error('no')) },
  };
  const server = createHttpServer(own, { host: '127.0.0.1', port: 0, tenants });
  const { url } = await server.listen();
  try {
    const { service } = await red.services.apply(ownerOf('red'), remoteManifest(ENDPOINT));
    const owners = [
      { ...ownerOf('red'), credential: { kind: 'token', id: 't' }, principal: { kind: 'token', id: 'token:bot' } },
      { ...ownerOf('red'), credential: { kind: 'cli', id: 'cli' }, principal: { kind: 'operator', id: 'cli' } },
    ] as const;
    const statuses: number[] = [];
    for (const owner of owners) {
      const { handle } = await red.logins.invite(owner, service.serviceId);
      const answer = await fetch(`${url}/connect/${handle}`, { redirect: 'manual' });
      await answer.text();
      statuses.push(answer.status);
    }
    expect(statuses).toEqual([403, 302]);
  } finally {
    await server.close();
    await red.close();
  }
});
