import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { routes, type ApiRoute } from '@clarity-runtime/api-contract';
import {
  assertNone,
  canaries,
  canaryDaemon,
  childOrigin,
  manifestOf,
  remoteOrigin,
  withBody,
  type CanaryDaemon,
  type Shown,
} from '../support/canary-daemon.ts';
import { spoiledValues, valueOf, type KnownValues, type ValueSchema } from '../support/generated-values.ts';

interface Operation {
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly required?: boolean }[];
  readonly requestBody?: { readonly content: { readonly 'application/json': { readonly schema: ValueSchema } } };
}

/** Values of queries and bodies. Each manifest and each secret contains canaries. */
const known = (): KnownValues => ({
  auth_ref: 'file:spare',
  secret: canaries.envSecret,
  hosts: [at.upstream.host],
  services: ['near'],
  service: 'near',
  serviceId: at.remoteId,
  tool: 'far__echo',
  tools: ['far__echo'],
  clients: ['cursor'],
  grants: 'read,call',
  profile: {
    apiVersion: 'clarity.runtime/v1',
    kind: 'Profile',
    metadata: { name: 'spare' },
    spec: { services: ['*'] },
  },
  policy: {
    apiVersion: 'clarity.runtime/v1',
    kind: 'Policy',
    metadata: { name: 'spare' },
    spec: { maxConcurrency: 2 },
  },
});

/**
 * Routes that serve only callers with a credential, which this daemon has not, routes of a login, which needs an
 * authorization server, and the undo of an import, which has a test of its own.
 */
const UNSERVED =
  /\/api\/(?:tokens|session|import\/:id|security\/auth\/secrets|auth\/flows|services\/:id\/log(?:in|out))/;

let at: CanaryDaemon;
const rows: readonly ApiRoute[] = Object.values(routes);
const shown: Shown[] = [];
const served = new Set<string>();

beforeAll(async () => {
  at = await canaryDaemon('approve');
});

afterAll(async () => {
  await at.close();
});

const bodyOf = (text: string): unknown => JSON.parse(text.slice(text.indexOf(']') + 1).replace(/^\]/, ''));

/** Sends one request of a route and keeps what it shows. */
async function visit(key: string, path: string, init?: RequestInit): Promise<string> {
  const text = await at.send(path, init);
  shown.push([`${key} ${typeof init?.body === 'string' ? init.body.slice(0, 200) : path}`, text]);
  if (text.startsWith('[200,')) served.add(key);
  return text;
}

let asked = 0;
/** Asks for a registration that an operator decides on; returns the id of the request. */
async function pendingApproval(): Promise<string> {
  asked += 1;
  const args = { module: `asked${String(asked)}`, endpoint: at.upstream.url, auth_ref: 'file:bearer' };
  await at.mcp('tools/call', { name: 'runtime__register_remote', arguments: args });
  const { items } = bodyOf(await at.send('/api/approvals')) as { items: { id: string; state: string }[] };
  return items.find(({ state }) => state === 'pending')?.id ?? 'none';
}

const idsOf = async (path: string): Promise<readonly string[]> => {
  if (path.startsWith('/api/approvals')) return [await pendingApproval(), 'none'];
  if (path.startsWith('/api/tenants/')) {
    const { items } = bodyOf(await at.send('/api/tenants')) as { items: { name: string }[] };
    return [...items.map(({ name }) => name), 'none'];
  }
  return path.includes(':id') ? ['spare', at.remoteId, at.childId, 'none'] : [''];
};

/** Bodies that a schema accepts, and copies of them with one wrong member each. */
async function bodiesOf(path: string, schema: ValueSchema): Promise<readonly unknown[]> {
  const manifests = [
    manifestOf('far', remoteOrigin(at.upstream.url)),
    manifestOf('near', childOrigin(`${at.folder}/child.mjs`)),
  ];
  const isPlanned = path === '/api/trust' || path === '/api/import';
  const digests: KnownValues = isPlanned ? { digest: (bodyOf(await at.send(path)) as { digest: string }).digest } : {};
  const each = manifests.flatMap((manifest) =>
    [false, true].map((isWide) => valueOf(schema, { ...known(), ...digests, manifest }, isWide)),
  );
  const unique = [...new Map(each.map((body) => [JSON.stringify(body), body])).values()];
  return [...unique, ...unique.flatMap(spoiledValues)];
}

/** Returns a value as a query has it: the parts of a list between commas. */
const queryText = (value: unknown = '1'): string =>
  [value]
    .flat()
    .map((part) => (typeof part === 'string' ? part : JSON.stringify(part)))
    .join(',');

async function visitReads(operations: Readonly<Record<string, Operation>>): Promise<void> {
  for (const { method, path } of rows) {
    if (method !== 'GET') continue;
    const key = `${method} ${path}`;
    const parameters = (operations[key]?.parameters ?? []).filter((parameter) => parameter.in === 'query');
    for (const id of await idsOf(path)) {
      const target = path.replace(':id', id);
      await visit(key, target);
      const needed = parameters.filter(({ required }) => required === true);
      for (const chosen of [needed, ...parameters.map((parameter) => [...needed, parameter])]) {
        const query = new URLSearchParams(chosen.map(({ name }) => [name, queryText(known()[name])]));
        await visit(key, `${target}?${query.toString()}`);
      }
    }
  }
}

async function visitChanges(operations: Readonly<Record<string, Operation>>, method: string): Promise<void> {
  for (const { path } of rows.filter((row) => row.method === method)) {
    const key = `${method} ${path}`;
    const schema = operations[key]?.requestBody?.content['application/json'].schema ?? {};
    for (const body of await bodiesOf(path, schema)) {
      for (const id of await idsOf(path)) await visit(key, path.replace(':id', id), withBody(method, body));
    }
  }
}

test('T-386 T-410 R10d no request that the contract allows or forbids makes a route show a secret', async () => {
  const document = bodyOf(await at.send('/api/openapi.json')) as { paths: Record<string, Record<string, Operation>> };
  const operations = Object.fromEntries(
    Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, row]) => [`${method.toUpperCase()} ${path.replace('{id}', ':id')}`, row]),
    ),
  );
  const keys = rows.map(({ method, path }) => `${method} ${path}`);
  expect(Object.keys(operations).sort()).toEqual(keys.toSorted());
  await visitReads(operations);
  await visitChanges(operations, 'POST');
  await visitReads(operations);
  await visitChanges(operations, 'DELETE');
  await visitReads(operations);
  assertNone([...shown, ['log', at.log.join('\n')]]);
  expect(keys.filter((key) => !served.has(key) && !UNSERVED.test(key))).toEqual([]);
}, 120_000);
