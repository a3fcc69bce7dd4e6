import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createRuntime, type Runtime } from '@clarity-runtime/core';
import { manifestOf } from '../../support/fake-connector.ts';
import { FakeUpstream, rawParams, reply, type Answer } from '../../support/fake-upstream.ts';
import { ask, operator, resultOf } from '../../support/speak.ts';
import { TestClient } from '../../support/test-client.ts';
import { settled } from '../../support/supervised.ts';

/*
 * Random services register, list, change, collide, stop and leave. A reference map has the owner of each name: the first
 * service that listed it, while it lists it. During each request the owner logs and reports progress, with the token of the
 * request and with others: only the client of that request may receive it.
 */

const MODULES = ['aaa', 'mid', 'vault'] as const;
const URIS = ['x://1', 'x://2', 'ui://app/page', 'clarity://vault/x'] as const;
/** Each service lists a template below its own place, and one that several list. */
const TEMPLATES = ['x://t/{id}', 'x://t/{+path}', '{+uri}'] as const;
const PROMPTS = ['ask', 'runtime__ask', 'vault__ask'] as const;
const TOOLS = ['get', 'put', 'runtime__stop', 'vault__get'] as const;

type Step =
  | {
      readonly kind: 'list';
      readonly module: string;
      readonly uris: readonly string[];
      readonly tools: readonly string[];
      readonly prompts: readonly string[];
      readonly templates: readonly string[];
    }
  | { readonly kind: 'stop' | 'start' | 'remove'; readonly module: string };

const module = fc.constantFrom(...MODULES);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('list' as const),
      module,
      uris: fc.subarray([...URIS]),
      tools: fc.subarray([...TOOLS]),
      prompts: fc.subarray([...PROMPTS]),
      // Two templates of one service that match the same URI are one target of the model.
      templates: fc.subarray([...TEMPLATES], { maxLength: 1 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constantFrom('stop' as const, 'start' as const, 'remove' as const), module }),
  },
);

class Model {
  readonly ids = new Map<string, string>();
  /** Names that every client saw, with the module and its own name. */
  readonly seen = new Map<string, string>();
}

async function act(runtime: Runtime, upstream: FakeUpstream, model: Model, given: Step): Promise<void> {
  const id = model.ids.get(given.module);
  if (given.kind === 'list') {
    upstream.lists.set(`${given.module} resources`, JSON.stringify(given.uris.map((uri) => ({ uri, name: uri }))));
    upstream.lists.set(`${given.module} tools`, JSON.stringify(given.tools.map((name) => ({ name }))));
    upstream.lists.set(`${given.module} prompts`, JSON.stringify(given.prompts.map((name) => ({ name }))));
    const templates = given.templates.map((uriTemplate) => ({ uriTemplate, name: uriTemplate }));
    upstream.lists.set(`${given.module} resourceTemplates`, JSON.stringify(templates));
    if (id === undefined) {
      const { service } = await runtime.services.apply(operator, manifestOf(given.module));
      model.ids.set(given.module, service.serviceId);
      await runtime.services.start(operator, service.serviceId);
    } else {
      await runtime.services.start(operator, id);
      await runtime.services.introspect(operator, id);
    }
  } else if (id !== undefined) {
    if (given.kind === 'stop') await runtime.services.stop(operator, id);
    if (given.kind === 'start') await runtime.services.start(operator, id);
    if (given.kind === 'remove') {
      await runtime.services.remove(operator, id);
      model.ids.delete(given.module);
    }
  }
  await settled();
}

/** Answers with the module and the name it received, after messages of every kind. */
const answering: Answer = ({ params }, exchange, { module: from, events }) => {
  const meta = (params.get('_meta')?.value ?? {}) as { readonly progressToken?: string };
  const log = { method: 'notifications/message', params: rawParams({ level: 'info', data: from }) };
  exchange.onNotification(log);
  events.onNotification?.(log);
  for (const token of ['of another request', undefined, meta.progressToken]) {
    const progress = rawParams({
      progress: 1,
      message: from,
      ...(token === undefined ? {} : { progressToken: token }),
    });
    exchange.onNotification({ method: 'notifications/progress', params: progress });
    events.onNotification?.({ method: 'notifications/progress', params: progress });
  }
  const name = String((params.get('uri') ?? params.get('name'))?.value);
  return Promise.resolve(reply({ contents: [], messages: [], content: [], from: `${from} ${name}` }));
};

/** Returns the listed names with what the service that answers has received. */
async function namesOf(runtime: Runtime, upstream: FakeUpstream): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  const listed = async (method: string, list: string, key: string): Promise<readonly string[]> =>
    (resultOf(await ask(runtime, method))[list] as Record<string, string>[]).map((each) => each[key] ?? '');
  const templates = await listed('resources/templates/list', 'resourceTemplates', 'uriTemplate');
  // A template without a literal scheme matches nothing.
  const places = templates.flatMap((template) => (template.startsWith('{') ? [] : [template.replace(/\{.*?\}/, '7')]));
  for (const [method, key, names] of [
    ['resources/read', 'uri', [...(await listed('resources/list', 'resources', 'uri')), ...new Set(places)]],
    ['prompts/get', 'name', await listed('prompts/list', 'prompts', 'name')],
    ['tools/call', 'name', await listed('tools/list', 'tools', 'name')],
  ] as const) {
    for (const name of names) {
      const [client, other] = [new TestClient(runtime), new TestClient(runtime)];
      const before = upstream.requests.length;
      const answered = resultOf(await client.request(method, { [key]: name, _meta: { progressToken: name } }));
      expect(upstream.requests.length).toBe(before + 1);
      const target = String(answered['from']);
      found.set(`${method} ${name}`, target);
      const [owner] = target.split(' ');
      const heard = client.requestNotifications.map(({ method: kind, params }) => [
        kind,
        (params.get('data') ?? params.get('message'))?.value,
        params.get('progressToken')?.value,
      ]);
      expect(heard).toEqual([
        ['notifications/message', owner, undefined],
        ['notifications/progress', owner, name],
      ]);
      expect([other.requestNotifications, other.notifications, client.notifications].flat()).toEqual([]);
    }
  }
  return found;
}

test.each(['always', 'collision'] as const)(
  'R08a R09a Q06 T-412 each name reaches its one owner, and a later service never changes it, in prefix mode %s',
  async (prefix) => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 8 }), async (steps) => {
        const upstream = new FakeUpstream();
        upstream.answer = answering;
        await using runtime = await createRuntime({ connectors: [upstream] }, { prefix });
        const model = new Model();
        let before: ReadonlyMap<string, string> = new Map();
        for (const each of steps) {
          await act(runtime, upstream, model, each);
          const now = await namesOf(runtime, upstream);
          // Every entry of a running service has one name of its own.
          expect(new Set(now.values()).size).toBe(now.size);
          for (const [name, target] of now) {
            expect(/^(tools\/call|prompts\/get) (runtime|clarity)__/.test(name)).toBe(false);
            // A name keeps its service unless an owner left, and only this service may mean another entry of its own by it.
            const former = before.get(name);
            if (each.kind === 'remove' || former === undefined) continue;
            if (former.startsWith(`${each.module} `)) expect([name, target.split(' ')[0]]).toEqual([name, each.module]);
            else expect([name, target]).toEqual([name, former]);
          }
          for (const [name, target] of before) {
            const [owner = ''] = target.split(' ');
            if (owner !== each.module && each.kind !== 'remove') expect(now.get(name)).toBe(target);
          }
          before = now;
        }
      }),
      { numRuns: 25 },
    );
  },
);
