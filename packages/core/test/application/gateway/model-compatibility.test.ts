import { beforeEach, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type ServiceSurface } from '@clarity-runtime/core';
import { modelProblems } from '../../../src/domain/interfaces/model-rules.ts';
import { manifestOf } from '../../support/fake-connector.ts';
import { ask, operator, resultOf } from '../../support/speak.ts';
import { TestClient } from '../../support/test-client.ts';
import { withUpstream, type Upstreams } from '../../support/with-upstream.ts';

let given: Upstreams;

beforeEach(async () => {
  given = await withUpstream();
});

const ODD = { type: 'object', oneOf: [{ properties: { a: { type: 'string' } }, required: ['a'] }] };

async function run(tools: readonly object[], surface: ServiceSurface, module = 'calc'): Promise<string> {
  given.upstream.lists.set(`${module} tools`, JSON.stringify(tools));
  const { spec, ...rest } = manifestOf(module);
  const { service } = await given.runtime.services.apply(operator, { ...rest, spec: { ...spec, surface } });
  await given.runtime.services.start(operator, service.serviceId);
  return service.serviceId;
}

const listed = async (service?: string) =>
  resultOf(await ask(given.runtime, 'tools/list', {}, service === undefined ? {} : { service }))['tools'] as {
    name: string;
  }[];

test('Q34 the view, explain and an event name the tool, the APIs that refuse it and the place', async () => {
  const id = await run(
    [
      { name: 'put', inputSchema: ODD },
      { name: 'get', inputSchema: { type: 'object' } },
    ],
    {},
  );
  const { compatibility } = given.runtime.services.get(operator, id);
  expect(compatibility).toEqual([
    expect.objectContaining({
      tool: 'put',
      name: 'calc__put',
      isRepaired: false,
      problems: [
        {
          rule: 'ROOT_COMPOSITION',
          receivers: ['Claude', 'OpenAI'],
          problem: 'inputSchema has oneOf at its top level',
        },
        { rule: 'KEYWORD', receivers: ['Gemini'], problem: 'inputSchema has the keyword oneOf' },
      ],
    }),
  ]);
  const { reasons } = await given.runtime.explain(operator, 'calc__put');
  expect(reasons).toContainEqual({
    code: 'MODELS_REFUSE',
    text: 'on /mcp this tool is refused by Claude, OpenAI: inputSchema has oneOf at its top level (ROOT_COMPOSITION)',
    hint: 'set spec.surface.definitions to repair, or correct the definition in the service',
  });
  await given.runtime.services.restart(operator, id);
  const events = (await given.runtime.audit.recent(operator, { limit: 100 })).filter(
    ({ kind }) => kind === 'interface.incompatible',
  );
  expect(events.map(({ message }) => message)).toEqual(['Model APIs refuse tools of the service: put']);
});

test('Q57 the view names tools that only the endpoint of their service shows with an unfit name', async () => {
  const names = ['create volume', 'repo/read', '搜索', 'x'.repeat(128), 'fits'];
  const id = await run(
    names.map((name) => ({ name, inputSchema: { type: 'object' } })),
    {},
  );
  const { compatibility } = given.runtime.services.get(operator, id);
  expect(compatibility.map(({ problems, ownProblems }) => [problems.length, ownProblems.length > 0])).toEqual(
    Array.from({ length: 4 }, () => [0, true]),
  );
});

test('Q34 spec.surface.definitions repairs /mcp only, and says so in the view', async () => {
  const id = await run([{ name: 'put', inputSchema: ODD }], { definitions: 'repair' });
  expect((await listed('calc'))[0]).toMatchObject({ name: 'put', inputSchema: ODD });
  expect((await listed()).find(({ name }) => name === 'calc__put')).toMatchObject({
    inputSchema: { type: 'object', properties: { a: { type: 'string' } }, required: [] },
  });
  expect(given.runtime.services.get(operator, id).compatibility).toEqual([
    expect.objectContaining({ tool: 'put', isRepaired: true, problems: [] }),
  ]);
});

const anyName = fc.oneof(
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 90 }),
  fc.constantFrom('a.b', 'repo/read', '搜索', '7up', 'x'.repeat(128)),
);

test('Q57 every repaired tool on /mcp passes every rule, and a call by its name reaches the original tool', async () => {
  let count = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(anyName, { minLength: 1, maxLength: 6 }),
      fc.constantFrom({ type: 'object' }, ODD, { type: ['object', 'null'] }, {}),
      async (names, inputSchema) => {
        count += 1;
        const module = `7m${String(count)}`;
        const id = await run(
          names.map((name) => ({ name, inputSchema })),
          { definitions: 'repair' },
          module,
        );
        const tools = (await listed()).filter(({ name }) => name.startsWith(`_${module}__`));
        const known = given.runtime.services.get(operator, id).interface?.tools ?? [];
        expect(tools).toHaveLength(known.length);
        for (const definition of tools) {
          expect(modelProblems({ name: definition.name, definition })).toEqual([]);
          await new TestClient(given.runtime).request('tools/call', { name: definition.name });
        }
        const made = given.upstream.made.filter((connection) => connection.module === module);
        const reached = made.flatMap(({ requests }) =>
          requests.map(({ params }) => params.get('name')?.value as string),
        );
        expect(reached.sort()).toEqual(known.map(({ name }) => name).sort());
        await given.runtime.services.remove(operator, id);
      },
    ),
    { numRuns: 50 },
  );
});
