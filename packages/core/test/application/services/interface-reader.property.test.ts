import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { manifestOf } from '../../support/fake-connector.ts';
import { operator, resultOf } from '../../support/speak.ts';
import { settled } from '../../support/supervised.ts';
import { TestClient } from '../../support/test-client.ts';
import { withUpstream } from '../../support/with-upstream.ts';

const LISTS = [
  { method: 'tools/list', member: 'tools', key: 'name' },
  { method: 'prompts/list', member: 'prompts', key: 'name' },
  { method: 'resources/list', member: 'resources', key: 'uri' },
  { method: 'resources/templates/list', member: 'resourceTemplates', key: 'uriTemplate' },
] as const;

/** Values for which `String` throws, that are equal to a valid text as text, or that `__proto__` could change. */
const odd = fc.oneof(
  fc.constantFrom<unknown>(
    { toString: 1 },
    [{ toString: null }],
    { valueOf: 1, toString: 1 },
    ['required'],
    ['object'],
  ),
  fc.constantFrom<unknown>(null, [], {}, '', 0, -1, true, false, { toJSON: 1 }, { length: -1 }, { then: 1 }),
  fc.jsonValue({ maxDepth: 2 }),
);
const inner = fc.oneof(
  odd,
  fc.dictionary(
    fc.constantFrom(
      'type',
      'properties',
      'required',
      'anyOf',
      'allOf',
      '$ref',
      'enum',
      'items',
      'taskSupport',
      'ui',
      'src',
    ),
    fc.oneof(odd, fc.array(odd, { maxLength: 2 })),
    { minKeys: 1, maxKeys: 4 },
  ),
);
const entry = fc.record(
  {
    inputSchema: fc.oneof(inner, fc.record({ type: fc.constant('object'), required: fc.array(odd, { minLength: 1 }) })),
    execution: fc.oneof(inner, fc.record({ taskSupport: odd })),
    outputSchema: inner,
    annotations: inner,
    icons: fc.array(inner, { maxLength: 1 }),
    _meta: inner,
    description: odd,
    arguments: fc.array(inner, { maxLength: 1 }),
    name: odd,
    uri: odd,
    uriTemplate: odd,
    size: odd,
  },
  { requiredKeys: [] },
);

test.each(LISTS)(
  'Q35 law: whatever the other entries of $method are, the good one is served',
  async ({ method, member, key }) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(odd, entry), { minLength: 1, maxLength: 3 }),
        fc.constantFrom<'pass' | 'repair'>('pass', 'repair'),
        fc.boolean(),
        async (others, definitions, isNamed) => {
          const { upstream, runtime } = await withUpstream();
          const named = others.map((other, at) =>
            isNamed && typeof other === 'object' && other !== null && !Array.isArray(other)
              ? { ...other, [key]: `x:odd${String(at)}` }
              : other,
          );
          upstream.lists.set(`a ${member}`, JSON.stringify([...named, { [key]: 'x:good', name: 'x:good' }]));
          const manifest = manifestOf('a');
          const spec = { ...manifest.spec, surface: { definitions } };
          const { service } = await runtime.services.apply(operator, { ...manifest, spec });
          await runtime.services.start(operator, service.serviceId);
          await settled();
          for (const era of ['legacy', 'modern'] as const) {
            for (const only of ['a', undefined]) {
              const client = new TestClient(runtime, { era, ...(only === undefined ? {} : { service: only }) });
              const entries = resultOf(await client.request(method))[member] as Readonly<Record<string, unknown>>[];
              const isGood = (text: unknown): boolean => typeof text === 'string' && /x[:_]good/.test(text);
              expect(entries.some((each) => isGood(each[key]))).toBe(true);
            }
          }
          expect(runtime.services.get(operator, service.serviceId)).toMatchObject({ status: { lifecycle: 'RUNNING' } });
          await runtime.close();
        },
      ),
      { numRuns: 40 },
    );
  },
);
