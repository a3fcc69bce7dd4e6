import { expect, test } from '@jest/globals';
import * as modern from '@modelcontextprotocol/core';
import * as older from '@modelcontextprotocol/sdk/types.js';
import fc from 'fast-check';
import { RawJson } from '../../../src/index.ts';
import { isLegacyOutputSchema, repairDefinition } from '../../../src/domain/interfaces/definition-repair.ts';
import type { ListName } from '../../../src/domain/interfaces/interface-snapshot.ts';

const SCHEMAS = {
  tools: [older.ListToolsResultSchema, modern.ListToolsResultSchema],
  prompts: [older.ListPromptsResultSchema, modern.ListPromptsResultSchema],
  resources: [older.ListResourcesResultSchema, modern.ListResourcesResultSchema],
  resourceTemplates: [older.ListResourceTemplatesResultSchema, modern.ListResourceTemplatesResultSchema],
} as const;

const isRead = (list: ListName, entry: unknown): boolean =>
  SCHEMAS[list].every((schema) => schema.safeParse({ [list]: [entry] }).success);

const good = { name: 'tool', inputSchema: { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] } };
const withSchema = (schema: object): object => ({ ...good, inputSchema: { type: 'object', ...schema } });

test.each<[string, object, object]>([
  ['properties: []', withSchema({ properties: [] }), withSchema({ properties: {} })],
  ['without inputSchema', { name: 'tool' }, { name: 'tool', inputSchema: { type: 'object' } }],
  ['without type', { ...good, inputSchema: { properties: {} } }, withSchema({ properties: {} })],
  ['type: null', withSchema({ type: null }), withSchema({})],
  ["type: ['object', 'null']", withSchema({ type: ['object', 'null'] }), withSchema({})],
  ['inputSchema: null', { ...good, inputSchema: null }, withSchema({})],
  ['inputSchema: []', { ...good, inputSchema: [] }, withSchema({})],
  ['inputSchema: true', { ...good, inputSchema: true }, withSchema({})],
  ['description: null', { ...good, description: null }, good],
  ['title: 7', { ...good, title: 7 }, good],
  ['annotations: []', { ...good, annotations: [] }, good],
  ['annotations with a null hint', { ...good, annotations: { readOnlyHint: null } }, { ...good, annotations: {} }],
  ['required: null', withSchema({ required: null }), withSchema({})],
  ['required: {}', withSchema({ required: {} }), withSchema({})],
  ['a property that is true', withSchema({ properties: { a: true } }), withSchema({ properties: { a: {} } })],
  ['a property that is []', withSchema({ properties: { a: [] } }), withSchema({ properties: { a: {} } })],
  ['outputSchema: []', { ...good, outputSchema: [] }, good],
  ['_meta: []', { ...good, _meta: [] }, good],
  ['icons: null', { ...good, icons: null }, good],
  ['taskSupport in a list', { ...good, execution: { taskSupport: ['required'] } }, { ...good, execution: {} }],
  ['taskSupport with toString', { ...good, execution: { taskSupport: { toString: 1 } } }, { ...good, execution: {} }],
])('Q35 repairDefinition repairs a tool with %s', (_, written, expected) => {
  const repaired = repairDefinition(RawJson.of(written), 'tools');
  expect(repaired).toMatchObject({ repairs: [expect.any(String)] });
  const value = 'raw' in repaired ? repaired.raw.value : undefined;
  expect(value).toEqual(expected);
  expect(isRead('tools', value)).toBe(true);
});

test.each<[string, object, string]>([
  ["type: 'string'", withSchema({ type: 'string' }), "inputSchema.type is not 'object'"],
  ['inputSchema as text', { ...good, inputSchema: 'object' }, 'inputSchema is not a schema'],
  ['properties as a list', withSchema({ properties: ['a'] }), 'properties'],
  ['a property that is text', withSchema({ properties: { a: 'string' } }), 'is not a schema'],
  ['required as text', withSchema({ required: 'a' }), 'required'],
])('Q35 repairDefinition refuses a tool with %s', (_, written, problem) => {
  const refused = repairDefinition(RawJson.of(written), 'tools');
  expect('problem' in refused ? refused.problem : refused).toContain(problem);
});

test.each<[ListName, object, object]>([
  ['prompts', { name: 'p', arguments: null }, { name: 'p' }],
  ['prompts', { name: 'p', arguments: {} }, { name: 'p' }],
  ['prompts', { name: 'p', arguments: [{ name: 'a', required: null }] }, { name: 'p', arguments: [{ name: 'a' }] }],
  ['resources', { uri: 'file:///a' }, { uri: 'file:///a', name: 'file:///a' }],
  ['resources', { uri: 'x:a', name: 'a', size: '12' }, { uri: 'x:a', name: 'a' }],
  ['resources', { uri: 'x:a', name: null, mimeType: null }, { uri: 'x:a', name: 'x:a' }],
  ['resources', { uri: 'x:a', name: 'a', annotations: { priority: 7 } }, { uri: 'x:a', name: 'a', annotations: {} }],
  ['resourceTemplates', { uriTemplate: 'x:{a}' }, { uriTemplate: 'x:{a}', name: 'x:{a}' }],
])('Q35 repairDefinition repairs an entry of %s: %j', (list, written, expected) => {
  const repaired = repairDefinition(RawJson.of(written), list);
  const value = 'raw' in repaired ? repaired.raw.value : undefined;
  expect(value).toEqual(expected);
  expect(isRead(list, value)).toBe(true);
});

const odd = fc.oneof(
  fc.constantFrom<unknown>(null, [], {}, '', 'x', 0, 7, true, false, ['a'], [{}], { type: 'object' }, { a: [] }),
  // `String` throws for the first two, and writes a list of one text as that text.
  fc.constantFrom<unknown>({ toString: 1 }, [{ toString: null }], ['required'], ['user'], [['object']]),
  fc.jsonValue({ maxDepth: 2 }),
);
/** Objects whose members clients check. */
const nested = fc.dictionary(
  fc.constantFrom(
    'taskSupport',
    'readOnlyHint',
    'title',
    'audience',
    'priority',
    'lastModified',
    'name',
    'required',
    'src',
  ),
  odd,
  { minKeys: 1, maxKeys: 3 },
);
const slot = fc.oneof(odd, nested, fc.array(nested, { minLength: 1, maxLength: 2 }));
const SLOTS: Readonly<Record<ListName, readonly string[]>> = {
  tools: ['title', 'description', 'inputSchema', 'outputSchema', 'annotations', 'execution', 'icons', '_meta'],
  prompts: ['title', 'description', 'arguments', 'icons', '_meta'],
  resources: ['name', 'title', 'description', 'mimeType', 'size', 'annotations', 'icons', '_meta'],
  resourceTemplates: ['name', 'title', 'description', 'mimeType', 'annotations', 'icons', '_meta'],
};
const KEYS = { tools: 'name', prompts: 'name', resources: 'uri', resourceTemplates: 'uriTemplate' } as const;

test.each(['tools', 'prompts', 'resources', 'resourceTemplates'] as const)(
  'Q35 every repaired entry of %s is read by the official clients of both generations',
  (list) => {
    const execution = fc.record({ taskSupport: odd });
    const mangled = fc
      .tuple(fc.dictionary(fc.constantFrom(...SLOTS[list]), slot, { maxKeys: 4 }), fc.option(execution))
      .map(([members, given]) => (list === 'tools' && given !== null ? { ...members, execution: given } : members));
    const schemas = fc.record({ type: odd, properties: odd, required: odd }, { requiredKeys: [] });
    fc.assert(
      fc.property(mangled, schemas, fc.boolean(), (members, inputSchema, hasSchema) => {
        const isTool = list === 'tools' && hasSchema;
        const written = { [KEYS[list]]: 'x:key', ...members, ...(isTool ? { inputSchema } : {}) };
        const repaired = repairDefinition(RawJson.of(written), list);
        if ('problem' in repaired) return;
        const { outputSchema, ...shown } = repaired.raw.value as { readonly outputSchema?: unknown };
        const isShown = outputSchema !== undefined && isLegacyOutputSchema(RawJson.of(outputSchema));
        expect([repaired.raw.text, isRead(list, isShown ? { ...shown, outputSchema } : shown)]).toEqual([
          repaired.raw.text,
          true,
        ]);
        expect(repairDefinition(repaired.raw, list)).toMatchObject({ repairs: [] });
      }),
      { numRuns: 150 },
    );
  },
);

test('Q35 repairDefinition keeps the bytes of a definition that needs no repair', () => {
  const raw = RawJson.fromText('{ "name":"a", "inputSchema": {"type":"object","x":1.0} , "other":1e2 }');
  expect(repairDefinition(raw, 'tools')).toEqual({ raw, repairs: [] });
});
