import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { embeddedCaller } from '@clarity-runtime/core';
import {
  assertNone,
  canaries,
  canaryDaemon,
  childOrigin,
  manifestOf,
  remoteOrigin,
  type CanaryDaemon,
  type Shown,
} from '../support/canary-daemon.ts';
import { spoiledValues, valueOf, type KnownValues, type ValueSchema } from '../support/generated-values.ts';

let at: CanaryDaemon;

beforeAll(async () => {
  at = await canaryDaemon();
});

afterAll(async () => {
  await at.close();
});

interface Tool {
  readonly name: string;
  readonly inputSchema: ValueSchema;
}

/** Tools that end what other tools show come last, in this order. */
const ENDING = ['stop', 'delete', 'remove'];

/** Tools that refuse all of the arguments: the workspace has no module to register. */
const REFUSED = ['login', 'register_local'];

const known = (): KnownValues => ({
  tool: 'far__echo',
  tool_name: 'far__echo',
  auth_ref: 'file:spare',
  secret: canaries.envSecret,
  hosts: [at.upstream.host],
  services: ['near'],
  endpoint: at.upstream.url,
  url: at.upstream.url,
  limit: 100,
  auto_install: false,
});

test('T-386 T-410 R10d no arguments make a control tool show a secret', async () => {
  const listed = await at.mcp('tools/list', {});
  const { tools } = (JSON.parse(listed.slice(listed.indexOf('{"jsonrpc"'))) as { result: { tools: Tool[] } }).result;
  const own = tools.filter(({ name }) => name.startsWith('runtime__'));
  const rank = ({ name }: Tool): number => ENDING.findIndex((word) => name.includes(word));
  const ordered = own.toSorted((a, b) => rank(a) - rank(b));
  const shown: Shown[] = [];
  const served = new Set<string>();
  for (const { name, inputSchema } of ordered) {
    const manifests = [
      manifestOf('far', remoteOrigin(at.upstream.url)),
      manifestOf('near', childOrigin('child.mjs')),
      manifestOf('mine', { type: 'remote_mcp', endpoint: at.upstream.url, transport: 'streamable_http' }),
    ];
    const values = manifests.flatMap((manifest, index) => {
      const ids = { service_id: index === 0 ? at.remoteId : at.childId, manifest };
      return [false, true].map((isWide) => valueOf(inputSchema, { ...known(), ...ids }, isWide));
    });
    for (const value of [...values, ...values.flatMap(spoiledValues)]) {
      const text = await at.mcp('tools/call', { name, arguments: value });
      shown.push([`${name} ${JSON.stringify(value).slice(0, 200)}`, text]);
      if (text.includes('"result"') && !text.includes('"isError":true')) served.add(name);
    }
  }
  const page = await at.daemon.runtime.audit.page(embeddedCaller, { limit: 1_000 });
  assertNone([...shown, ['audit', JSON.stringify(page)], ['log', at.log.join('\n')]]);
  const refused = ordered
    .map(({ name }) => name.replace('runtime__', ''))
    .filter((name) => !served.has(`runtime__${name}`));
  expect(refused.sort()).toEqual(REFUSED);
}, 120_000);
