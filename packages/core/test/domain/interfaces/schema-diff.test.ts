import { expect, test } from '@jest/globals';
import { RawJson } from '@clarity-runtime/core';
import { diffInterfaces, type Comparable } from '../../../src/domain/interfaces/interface-diff.ts';
import { cpuMsOf } from '../../../../../test/support/cpu-time.ts';

const tool = (inputSchema: unknown): Comparable => ({
  interfaceRevision: 'r',
  tools: [{ name: 't', raw: RawJson.of({ name: 't', inputSchema }) }],
  resources: [],
  prompts: [],
});
/** Nests a schema 30 levels deep below a member with a long name. */
const nested = (leaf: unknown): unknown =>
  Array.from({ length: 30 }).reduce((inner) => ({ properties: { ['n'.repeat(200)]: inner } }), leaf);
const wide = (type: string): unknown => ({
  properties: Object.fromEntries(Array.from({ length: 3_000 }, (_, i) => [`member${String(i)}`, { type }])),
});

test('R01 diffInterfaces bounds reasons and paths when 3,000 members below 30 levels change', () => {
  let diff: ReturnType<typeof diffInterfaces> | undefined;
  const taken = cpuMsOf(() => (diff = diffInterfaces(tool(nested(wide('integer'))), tool(nested(wide('string'))))));
  expect(taken).toBeLessThan(5_000);
  const [change] = diff?.changes ?? [];
  expect(change?.verdict).toBe('suspicious');
  expect(change?.reasons.length).toBeLessThanOrEqual(121);
  expect(Math.max(...(change?.reasons ?? []).map(({ where }) => where.length))).toBeLessThan(3_000);
});

test('diffInterfaces keeps the most severe verdict when the reasons exceed their limit', () => {
  const [before, after] = [wide('integer'), wide('number')].map((schema) => schema as { properties: object });
  const [change] = diffInterfaces(
    tool({ properties: { ...before?.properties, z: { type: 'integer' } } }),
    tool({ properties: { ...after?.properties, z: { type: 'string' } } }),
  ).changes;
  expect(change?.verdict).toBe('suspicious');
});

test('R01 diffInterfaces stops reading texts at its budget and marks the other new texts as UNREAD', () => {
  const many = (text: string): Comparable => ({
    ...tool({}),
    tools: Array.from({ length: 2_000 }, (_, i) => {
      const name = `t${String(i)}`;
      return { name, raw: RawJson.of({ name, description: text.repeat(200) }) };
    }),
  });
  const { changes } = diffInterfaces(many('a send-'), many('b send-'));
  expect(changes).toHaveLength(2_000);
  const unread = changes.filter(({ reasons }) => reasons.some(({ code }) => code === 'UNREAD'));
  expect(unread.length).toBeGreaterThan(1_500);
  expect(unread.every(({ verdict }) => verdict === 'suspicious')).toBe(true);
});
