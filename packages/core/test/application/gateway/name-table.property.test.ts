import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createRuntime, type Runtime } from '@clarity-runtime/core';
import { manifestOf } from '../../support/fake-connector.ts';
import { FakeUpstream, reply } from '../../support/fake-upstream.ts';
import { ask, operator, resultOf } from '../../support/speak.ts';
import { settled } from '../../support/supervised.ts';

/*
 * Random services register, list, change, collide, stop and leave. A reference map has the owner of each name: the first
 * service that listed it, while it lists it.
 */

const MODULES = ['aaa', 'mid', 'vault'] as const;
const URIS = ['x://1', 'x://2', 'ui://app/page', 'clarity://vault/x'] as const;
const TOOLS = ['get', 'put', 'runtime__stop', 'vault__get'] as const;

type Step =
  | {
      readonly kind: 'list';
      readonly module: string;
      readonly uris: readonly string[];
      readonly tools: readonly string[];
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

/** Returns the listed names with what the service that answers has received. */
async function namesOf(runtime: Runtime, upstream: FakeUpstream): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  const { resources } = resultOf(await ask(runtime, 'resources/list')) as { resources: { uri: string }[] };
  const { tools } = resultOf(await ask(runtime, 'tools/list')) as { tools: { name: string }[] };
  for (const [method, key, names] of [
    ['resources/read', 'uri', resources.map(({ uri }) => uri)],
    ['tools/call', 'name', tools.map(({ name }) => name)],
  ] as const) {
    for (const name of names) {
      const before = upstream.requests.length;
      const answered = resultOf(await ask(runtime, method, { [key]: name }));
      expect(upstream.requests.length).toBe(before + 1);
      found.set(`${method} ${name}`, String(answered['from']));
    }
  }
  return found;
}

test.each(['always', 'collision'] as const)(
  'R08a R09a each name reaches its one owner, and a later service never changes it, in prefix mode %s',
  async (prefix) => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 8 }), async (steps) => {
        const upstream = new FakeUpstream();
        upstream.answer = ({ params }, _exchange, made) =>
          Promise.resolve(
            reply({
              contents: [],
              from: `${made.module} ${String(params.get('uri')?.value ?? params.get('name')?.value)}`,
            }),
          );
        await using runtime = await createRuntime({ connectors: [upstream] }, { prefix });
        const model = new Model();
        let before: ReadonlyMap<string, string> = new Map();
        for (const each of steps) {
          await act(runtime, upstream, model, each);
          const now = await namesOf(runtime, upstream);
          // Every entry of a running service has one name of its own.
          expect(new Set(now.values()).size).toBe(now.size);
          for (const [name, target] of now) {
            expect(/^tools\/call (runtime|clarity)__/.test(name)).toBe(false);
            // Only the service that acted may change the target of a name, unless an owner left.
            if (each.kind !== 'remove' && before.has(name)) expect([name, target]).toEqual([name, before.get(name)]);
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
