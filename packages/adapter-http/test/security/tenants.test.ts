import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { routes } from '@clarity-runtime/api-contract';
import { grantOf, type Runtime } from '@clarity-runtime/core';
import { legacy, modern, openSession, postMcp, postModern } from '../support/mcp-client.ts';
import { adminOf, fill, OPERATOR, ownerOf, startTenants, type Filled, type TenantDaemon } from '../support/tenants.ts';

let daemon: TenantDaemon;
let red: Filled;
let [redToken, blueToken] = ['', ''];
beforeAll(async () => {
  daemon = await startTenants();
  red = await fill(daemon.tenants.get('red') as Runtime, 'red');
  await fill(daemon.tenants.get('blue') as Runtime, 'blue');
  [redToken, blueToken] = [await adminOf(daemon, 'red'), await adminOf(daemon, 'blue')];
});
afterAll(() => daemon[Symbol.asyncDispose]());

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

/** Names of no record, of the forms of those of `red`. */
const absentOf = (name: string): string =>
  name
    .replace(/[a-z0-9]+$/, (end) => end.replace(/[a-z0-9]/g, (c) => (/\d/.test(c) ? '0' : 'q')))
    .replace('canary_red', 'qqqqqq_qqq');

/** A text without what differs between two equal answers: the requested name, times, and ids of requests. */
const comparable = (text: string, name: string): string =>
  text
    .replaceAll(name, '<name>')
    .replaceAll(name.replace(/^file:/, ''), '<name>')
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>')
    .replace(/\b[0-9a-f]{8,64}\b/g, '<hex>')
    .replace(/\d+/g, '<n>');

interface Answered {
  readonly status: number;
  readonly text: string;
}
async function send(method: string, path: string, headers: Record<string, string>, body?: unknown): Promise<Answered> {
  const json = body === undefined ? {} : { body: JSON.stringify(body) };
  const type = body === undefined ? {} : { 'content-type': 'application/json' };
  const answer = await fetch(daemon.url + path, { method, headers: { ...type, ...headers }, ...json });
  return { status: answer.status, text: await answer.text() };
}

const isStream = (reply: object): boolean => 'contentType' in reply && reply.contentType === 'text/event-stream';
const jsonRoutes = Object.values(routes).filter(({ reply, path }) => !isStream(reply) && path !== '/api/session');

/** Bodies that name a record. */
const bodiesWith = (name: string): readonly unknown[] => [
  {},
  { serviceId: name, tool: 'x', bytes: 1 },
  { service: name, tool: 'x', arguments: {} },
  { auth_ref: name },
  { name, grants: [{ verbs: ['read'], services: ['*'], tools: ['*'] }], profile: name },
];

test('T-534 no route of the API shows a principal of one tenant anything of another', async () => {
  const gets = jsonRoutes.filter(({ method, path }) => method === 'GET' && !path.includes(':id'));
  expect(gets.length).toBeGreaterThan(15);
  for (const { path } of gets) {
    const { text } = await send('GET', path, bearer(blueToken));
    expect({ path, found: text.includes('canary_red') || text.includes(red.serviceId) }).toEqual({
      path,
      found: false,
    });
  }
  // The own records are there: the test reads the right answers.
  expect((await send('GET', '/api/services', bearer(blueToken))).text).toContain('canary_blue_svc');
  expect((await send('GET', '/api/services', bearer(redToken))).text).toContain('canary_red_svc');
});

test('T-534 each route answers for a record of another tenant as for one that does not exist', async () => {
  const named = jsonRoutes.filter(({ method, path }) => method !== 'GET' || path.includes(':id'));
  expect(named.length).toBeGreaterThan(30);
  for (const { method, path, ...rest } of named) {
    const accepts = (body: unknown): boolean => 'body' in rest && rest.body.safeParse(body).success;
    const ask = (name: string, body: unknown) =>
      send(method, path.replace(':id', encodeURIComponent(name)), bearer(blueToken), body);
    for (const name of red.names) {
      const absent = absentOf(name);
      const bodies = bodiesWith(name).map((body, at) => [body, bodiesWith(absent)[at]] as const);
      const useful = bodies.filter(([body]) => accepts(body));
      const pairs =
        method === 'GET' ? [[undefined, undefined] as const] : useful.length > 0 ? useful : bodies.slice(0, 1);
      for (const [body, other] of pairs) {
        const [there, missing] = [await ask(name, body), await ask(absent, other)];
        const shown = ({ status, text }: Answered, own: string) =>
          JSON.stringify({ method, path, name, status, text: comparable(text, own) });
        expect(shown(there, name)).toBe(shown(missing, absent));
      }
    }
  }
  const kept = await send('GET', '/api/services', bearer(redToken));
  expect(kept.text).toContain('canary_red_svc');
  expect((await send('GET', '/api/tokens', bearer(redToken))).text).toContain('canary_red_token');
});

test('T-535 no method and no endpoint of MCP, and no control tool, shows a client of one tenant anything of another', async () => {
  const list = async (method: string, member: string) => {
    const { message } = await postModern(daemon, modern(method), { headers: bearer(blueToken) });
    return (message?.result?.[member] ?? []) as readonly { name: string; inputSchema?: { properties?: object } }[];
  };
  const tools = await list('tools/list', 'tools');
  expect(tools.map(({ name }) => name)).toContain('canary_blue_svc__tool_of_blue');
  const lists = [
    tools,
    await list('prompts/list', 'prompts'),
    await list('resources/list', 'resources'),
    await list('resources/templates/list', 'resourceTemplates'),
  ];
  expect(JSON.stringify(lists)).not.toMatch(/_red/);
  const control = tools.filter(({ name }) => name.startsWith('runtime__'));
  expect(control.length).toBeGreaterThan(10);
  const requests = (name: string) => [
    ...control.map((tool) => {
      const given = Object.keys(tool.inputSchema?.properties ?? {});
      return modern('tools/call', {
        name: tool.name,
        arguments: Object.fromEntries(given.map((each) => [each, name])),
      });
    }),
    ...control.map(({ name: tool }) => modern('tools/call', { name: tool, arguments: { service_id: name } })),
    modern('tools/call', { name: `${name}__tool_of_red`, arguments: {} }),
    modern('prompts/get', { name: `${name}__x` }),
    modern('resources/read', { uri: `clarity://${name}/x` }),
    modern('completion/complete', {
      ref: { type: 'ref/prompt', name: `${name}__x` },
      argument: { name: 'a', value: '' },
    }),
  ];
  for (const name of red.names.slice(0, 3)) {
    const absent = absentOf(name);
    for (const [at, body] of requests(name).entries()) {
      const there = await postModern(daemon, body, { headers: bearer(blueToken) });
      const missing = await postModern(daemon, requests(absent)[at] ?? {}, { headers: bearer(blueToken) });
      expect([name, at, there.status, comparable(there.text, name)]).toEqual([
        name,
        at,
        missing.status,
        comparable(missing.text, absent),
      ]);
    }
    for (const path of ['', 'profiles/']) {
      const there = await postModern(daemon, modern('tools/list'), {
        path: `/mcp/${path}${encodeURIComponent(name)}`,
        headers: bearer(blueToken),
      });
      const missing = await postModern(daemon, modern('tools/list'), {
        path: `/mcp/${path}${encodeURIComponent(absent)}`,
        headers: bearer(blueToken),
      });
      expect([there.status, comparable(there.text, name)]).toEqual([missing.status, comparable(missing.text, absent)]);
    }
  }
});

test('T-535 a session of one tenant does not exist for another', async () => {
  const session = await openSession(daemon, { headers: bearer(redToken) });
  const own = await postMcp(daemon, legacy('tools/list'), { headers: { ...session, ...bearer(redToken) } });
  expect(own.status).toBe(200);
  const foreign = await postMcp(daemon, legacy('tools/list'), { headers: { ...session, ...bearer(blueToken) } });
  const unknown = await postMcp(daemon, legacy('tools/list'), {
    headers: { ...session, 'mcp-session-id': 'none', ...bearer(blueToken) },
  });
  expect([foreign.status, foreign.text]).toEqual([unknown.status, unknown.text]);
  expect(foreign.status).toBe(404);
});

test('T-534 the event streams of one tenant have no event of another', async () => {
  const end = new AbortController();
  const stream = await fetch(`${daemon.url}/api/events`, { headers: bearer(blueToken), signal: end.signal });
  const reader = (stream.body as ReadableStream<Uint8Array>).getReader();
  const act = (tenant: string) =>
    (daemon.tenants.get(tenant) as Runtime).tokens.create(ownerOf(tenant), {
      name: `streamed_${tenant}`,
      grants: [grantOf('read')],
    });
  await act('red');
  await act('blue');
  let text = '';
  const decoder = new TextDecoder();
  while (!text.includes('streamed_blue')) {
    const { value, done } = await reader.read();
    if (done) break;
    text += decoder.decode(value);
  }
  end.abort();
  expect(text).toContain('streamed_blue');
  expect(text).not.toMatch(/_red/);
});

test('T-534 metrics and lists of the tenant default have no name of another tenant', async () => {
  for (const { method, path } of jsonRoutes) {
    if (method !== 'GET' || path.includes(':id') || path === '/api/tenants') continue;
    const { text } = await send('GET', path, bearer(OPERATOR));
    expect({ path, found: /canary_(red|blue)/.test(text) }).toEqual({ path, found: false });
  }
  const { text } = await send('GET', '/metrics', bearer(blueToken));
  expect(text).toContain('canary_blue_svc');
});
