import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  grantOf,
  type Caller,
  type Era,
  type Grant,
  type McpReply,
  type ProfileSpec,
  type Verb,
} from '@clarity-runtime/core';
import { agent, ask, operator, resultOf } from '../../support/speak.ts';
import { withUpstream, type Upstreams } from '../../support/with-upstream.ts';

const SERVICES = ['docs', 'git', 'mail'];
const TOOLS = ['search', 'send', 'delete'];
const PATTERNS = ['docs', 'git', 'ma*', '*'];
const ITEMS = [...TOOLS, 's*', '*', 'review', 'docs://one'];
const PATHS = ['docs/search', 'git/*', '*/s*', '*', '*/delete', 'runtime/*'];
const some = (values: readonly string[], minLength = 0) =>
  fc.uniqueArray(fc.constantFrom(...values), { minLength, maxLength: 2 });
const verbs: fc.Arbitrary<readonly Verb[]> = fc.subarray(['read', 'call', 'inspect', 'operate'], { minLength: 1 });
const grant: fc.Arbitrary<Grant> = fc.record(
  {
    verbs,
    services: some([...PATTERNS, 'runtime'], 1),
    tools: some(ITEMS, 1),
    except: fc.record({ services: some(PATTERNS), tools: some(ITEMS) }, { requiredKeys: [] }),
  },
  { requiredKeys: ['verbs', 'services', 'tools'] },
);
const grants = fc.oneof(fc.array(grant, { minLength: 1, maxLength: 3 }), fc.constant([grantOf('read', 'call')]));
const spec: fc.Arbitrary<ProfileSpec> = fc.record(
  {
    services: some(PATTERNS, 1),
    tools: fc.record({ allow: some(PATHS), deny: some(PATHS) }, { requiredKeys: [] }),
    rename: fc.dictionary(fc.constantFrom('docs/search', 'git/send'), fc.constantFrom('first', 'second'), {
      maxKeys: 1,
    }),
    prompts: fc.boolean(),
    resources: fc.boolean(),
    controlTools: fc.constantFrom('none' as const, 'read' as const),
    prefix: fc.constantFrom('always' as const, 'collision' as const),
    discovery: fc.constantFrom('full' as const, 'pinned' as const, 'search' as const),
    pinned: some(PATHS),
    maxTools: fc.integer({ min: 1, max: 12 }),
  },
  { requiredKeys: ['services'] },
);

let given: Upstreams;
beforeAll(async () => {
  given = await withUpstream({ controlTools: true });
  for (const service of SERVICES) {
    given.upstream.lists.set(`${service} tools`, JSON.stringify(TOOLS.map((name) => ({ name }))));
    given.upstream.lists.set(`${service} prompts`, '[{"name":"review"}]');
    given.upstream.lists.set(`${service} resources`, JSON.stringify([{ uri: `${service}://one`, name: 'one' }]));
    await given.run(service);
  }
});
afterAll(async () => {
  await given.runtime.close();
});

const CONTROL = ['list_services', 'status_summary', 'stop_service', 'get_logs'].map((name) => `runtime__${name}`);
/** Every name that a tool has under some profile of this test. */
const CANDIDATES = [
  ...TOOLS,
  ...SERVICES.flatMap((service) => TOOLS.map((tool) => `${service}__${tool}`)),
  'first',
  'second',
  ...CONTROL.slice(0, 2),
];

const isRefused = (reply: McpReply): boolean =>
  'error' in reply || (reply.isError === true && /GRANT_REQUIRED|TOOL_NOT_FOUND/.test(reply.result.text));

test('T-490 T-492 no list shows what a call refuses, and no list hides what a call allows, for tokens and profiles in both eras', async () => {
  const { runtime } = given;
  await fc.assert(
    fc.asyncProperty(
      fc.option(spec, { nil: undefined }),
      grants,
      fc.constantFrom<Era>('modern', 'legacy'),
      async (view, all, era) => {
        if (view !== undefined)
          await runtime.profiles.apply(operator, {
            apiVersion: 'clarity.runtime/v1',
            kind: 'Profile',
            metadata: { name: 'p' },
            spec: view,
          });
        const caller: Caller = {
          ...agent,
          grants: all,
          ...(view === undefined ? {} : { profile: runtime.profiles.bind('p') }),
        };
        const send = (method: string, params: Readonly<Record<string, unknown>> = {}): Promise<McpReply> =>
          ask(runtime, method, params, { caller, era });
        const call = (name: string, args: object = {}): Promise<McpReply> =>
          send('tools/call', { name, arguments: args });
        const list = async (method: string, member: string, key: string): Promise<readonly string[]> => {
          const reply = await send(method);
          if ('error' in reply) return [];
          return (resultOf(reply)[member] as readonly Readonly<Record<string, string>>[]).map(
            (entry) => entry[key] ?? '',
          );
        };
        const names = await list('tools/list', 'tools', 'name');
        const isSearchable = names.includes('runtime__find_tools');
        const found = isSearchable ? await findAll(call) : [];
        const offered = new Set([...names.filter((name) => !SEARCH.has(name)), ...found]);
        for (const name of new Set([...CANDIDATES, ...offered])) {
          // Whether a call of another control tool is allowed depends on its arguments, for example on the service.
          if (name.startsWith('runtime__') && !CANDIDATES.includes(name)) continue;
          const allowed = !isRefused(await call(name));
          expect({ name, allowed }).toEqual({ name, allowed: offered.has(name) });
          if (!isSearchable) continue;
          expect({ name, allowed: !isRefused(await call('runtime__describe_tool', { name })) }).toEqual({
            name,
            allowed,
          });
          expect({ name, allowed: !isRefused(await call('runtime__call_tool', { name })) }).toEqual({ name, allowed });
        }
        const prompts = await list('prompts/list', 'prompts', 'name');
        const uris = await list('resources/list', 'resources', 'uri');
        for (const service of SERVICES) {
          for (const name of [`${service}__review`, 'review'])
            expect(!('error' in (await send('prompts/get', { name })))).toBe(prompts.includes(name));
          const uri = `${service}://one`;
          expect(!('error' in (await send('resources/read', { uri })))).toBe(uris.includes(uri));
        }
      },
    ),
    { numRuns: 120 },
  );
}, 120_000);

const SEARCH = new Set(['runtime__find_tools', 'runtime__describe_tool', 'runtime__call_tool']);

async function findAll(call: (name: string, args: object) => Promise<McpReply>): Promise<readonly string[]> {
  const names: string[] = [];
  for (let offset: number | undefined = 0; offset !== undefined;) {
    const { content } = resultOf(await call('runtime__find_tools', { limit: 25, offset })) as {
      readonly content: readonly { readonly text: string }[];
    };
    const page = JSON.parse(content[0]?.text ?? '') as { tools: { name: string }[]; nextOffset?: number };
    names.push(...page.tools.map(({ name }) => name));
    offset = page.nextOffset;
  }
  return names;
}
