import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { embeddedCaller, grantOf, RawJson, type Caller, type Verb } from '@clarity-runtime/core';
import type { Exchange, McpPeer } from '@clarity-runtime/core/ports';
import { createHttpServer, type HttpServer } from '../../src/index.ts';
import { follow } from '../../../../test/support/oauth/server-quirks.ts';
import { loginWorld, type LoginWorld } from '../support/login.ts';
import { legacy, postMcp } from '../support/mcp-client.ts';

type Json = Readonly<Record<string, unknown>>;

let world: LoginWorld;
let server: HttpServer;
let url = '';
beforeEach(async () => {
  url = '';
  const loginLink = (handle: string): string | undefined => (url === '' ? undefined : `${url}/connect/${handle}`);
  world = await loginWorld({ options: { loginLink, controlTools: true } });
  server = createHttpServer(world.runtime, { host: '127.0.0.1', port: 0 });
  url = (await server.listen()).url;
  await world.runtime.services.start(embeddedCaller, world.id).catch(() => undefined);
  expect(world.lifecycle()).toBe('NEEDS_LOGIN');
});
afterEach(async () => {
  await server.close();
  await world[Symbol.asyncDispose]();
});

const client = (...verbs: readonly Verb[]): Caller => ({
  ...embeddedCaller,
  principal: { kind: 'loopback', id: 'loopback' },
  door: 'mcp',
  grants: [grantOf(...verbs)],
});
const operator = client('read', 'call', 'operate');
const user = client('read', 'call');

const never = (): never => {
  throw new Error('the client was asked');
};

const capabilities = { elicitation: { url: {} } };
const peerOf = (era: 'legacy' | 'modern', caller = operator, canAsk = true): McpPeer =>
  world.runtime.gateway.open({
    caller,
    era,
    revision: era === 'legacy' ? '2025-11-25' : '2026-07-28',
    ...(canAsk ? { clientCapabilities: capabilities } : {}),
  });

async function call(peer: McpPeer, name: string, exchange: Partial<Exchange> = {}, more: Json = {}): Promise<Json> {
  const params = new Map(
    Object.entries({ name, arguments: {}, ...more }).map(([key, value]) => [key, RawJson.of(value)]),
  );
  const signal = new AbortController().signal;
  const reply = await peer.request(
    { method: 'tools/call', params },
    { signal, send: () => undefined, ask: never, ...exchange },
  );
  return 'error' in reply ? { error: reply.error } : (reply.result.value as Json);
}

const textOf = (result: Json): string => JSON.stringify(result['content'] ?? result['error']);
const linkIn = (text: string): string => /http:[^ "\\]*\/connect\/[0-9a-f]+/.exec(text)?.[0] ?? '';

/** Opens a link as the browser of the person does, up to the end of the login. */
async function logIn(link: string): Promise<string> {
  const opened = await fetch(link, { redirect: 'manual' });
  expect(opened.status).toBe(302);
  const cookie = (opened.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  const address = await follow(opened.headers.get('location') ?? '');
  return (await fetch(address, { headers: { cookie } })).text();
}

test('a tool of a service that never had its login fails with LOGIN_REQUIRED, a link and the command, and works after the login', async () => {
  const peer = peerOf('legacy', operator, false);
  const refused = await call(peer, 'remote__echo');
  expect(refused).toMatchObject({ isError: true, _meta: { 'clarity/error': { code: 'LOGIN_REQUIRED' } } });
  expect(textOf(refused)).toContain('clarityctl auth login remote');
  const link = linkIn(textOf(refused));
  expect(linkIn(textOf(await call(peer, 'remote__other')))).toBe(link);
  expect(await logIn(link)).toContain('Logged in to remote');
  expect(textOf(await call(peer, 'remote__echo'))).toContain('called echo');
  expect(textOf(await call(peer, 'remote__other'))).toContain('unknown tool');
  expect((await fetch(link)).status).toBe(410);
});

test('the same at the endpoint of the service, over HTTP and for a program; other names stay unknown', async () => {
  const own = await postMcp({ url }, legacy('tools/call', { name: 'echo', arguments: {} }), { path: '/mcp/remote' });
  expect(own.text).toContain('LOGIN_REQUIRED');
  expect(textOf(await call(peerOf('legacy'), 'elsewhere__echo'))).toContain('unknown tool');
  expect(await world.call()).toMatchObject({ isError: true, text: expect.stringContaining('auth login remote') });
});

test('a caller that may not log in gets no link and causes no denial', async () => {
  const refused = await call(peerOf('legacy', user, true), 'remote__echo');
  expect(textOf(refused)).toContain('ask an operator');
  expect(linkIn(textOf(refused))).toBe('');
  expect(await world.events('security.denied')).toBe(0);
});

test('runtime__login_status lists the service, and runtime__login returns the link', async () => {
  const peer = peerOf('modern', operator, false);
  expect(await call(peer, 'runtime__login_status')).toMatchObject({
    structuredContent: { services: [{ service_id: world.id, command: 'clarityctl auth login remote' }] },
  });
  const { structuredContent } = await call(peer, 'runtime__login', {}, { arguments: { service_id: world.id } });
  const { url: link = '' } = structuredContent as { url?: string };
  expect(await logIn(link)).toContain('Logged in to remote');
  expect(await call(peer, 'runtime__login_status')).toMatchObject({ structuredContent: { services: [] } });
});

test.each(['legacy', 'modern'] as const)(
  'a %s client with elicitation of mode url shows the link, and its call goes on after the login',
  async (era) => {
    const peer = peerOf(era);
    const sent: string[] = [];
    const send = ({ method }: { readonly method: string }): void => {
      sent.push(method);
    };
    const isLink = (params: Json): string => {
      expect(params).toMatchObject({ mode: 'url', message: expect.stringContaining('remote wants a login') });
      expect(String(params['url'])).not.toContain(world.server.issuer);
      return String(params['url']);
    };
    let result: Json;
    if (era === 'legacy') {
      result = await call(peer, 'remote__echo', {
        send,
        ask: async ({ params }) => {
          await logIn(isLink(Object.fromEntries([...params].map(([name, value]) => [name, value.value]))));
          return { result: RawJson.of({ action: 'accept' }) };
        },
      });
    } else {
      const waiting = await call(peer, 'remote__echo', { send });
      expect(waiting).toMatchObject({ resultType: 'input_required' });
      const [[key, request]] = Object.entries(waiting['inputRequests'] as Json) as [[string, { params: Json }]];
      const link = isLink(request.params);
      const going = call(
        peer,
        'remote__echo',
        { send },
        { requestState: waiting['requestState'], inputResponses: { [key]: { action: 'accept' } } },
      );
      await logIn(link);
      result = await going;
    }
    expect(textOf(result)).toContain('called echo');
    expect(sent).toContain('notifications/elicitation/complete');
  },
);

test('a person who declines gets the refusal, and the next call asks again', async () => {
  let asked = 0;
  const ask = (): Promise<{ result: RawJson }> => {
    asked += 1;
    return Promise.resolve({ result: RawJson.of({ action: 'decline' }) });
  };
  const peer = peerOf('legacy');
  for (let round = 0; round < 2; round += 1)
    expect(await call(peer, 'remote__echo', { ask })).toMatchObject({ isError: true });
  expect(asked).toBe(2);
});

test('the link of another principal is refused where a token is set, and stays usable for its own', async () => {
  await server.close();
  const token = 'k'.repeat(32);
  server = createHttpServer(world.runtime, { host: '127.0.0.1', port: 0, token });
  url = (await server.listen()).url;
  const headers = { authorization: `Bearer ${token}` };
  const asked = await postMcp({ url }, legacy('tools/call', { name: 'remote__echo', arguments: {} }), { headers });
  const link = linkIn(asked.text);
  expect((await fetch(link, { redirect: 'manual' })).status).toBe(403);
  const { token: other } = await world.runtime.tokens.create(embeddedCaller, {
    name: 'other',
    grants: [grantOf('read', 'operate')],
    doors: ['http'],
  });
  const session = async (credential: string): Promise<string> => {
    const opened = await fetch(`${url}/api/session`, {
      method: 'POST',
      headers: { authorization: `Bearer ${credential}`, origin: url },
    });
    return (opened.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  };
  expect((await fetch(link, { redirect: 'manual', headers: { cookie: await session(other) } })).status).toBe(403);
  expect((await fetch(link, { redirect: 'manual', headers: { cookie: await session(token) } })).status).toBe(302);
});
