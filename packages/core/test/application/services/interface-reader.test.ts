import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { RawJson } from '../../../src/index.ts';
import { readInterface, revisionOf } from '../../../src/application/services/interface-reader.ts';
import { contentDigest } from '../../../src/domain/json/digest.ts';
import { MAX_SILENCE_MS, silenceDuring } from '../../../../../test/support/silence.ts';
import type { Connection } from '../../../src/ports/index.ts';

const limits = { idleMs: 0, totalMs: 15_000, maxReplyBytes: 8_000_000 };
const signal = new AbortController().signal;

test('R83 readInterface of 2,000 tools keeps the event loop free', async () => {
  const inputSchema = { type: 'object', properties: { a: { type: 'string' }, b: { type: 'string' } } };
  const tools = Array.from({ length: 2_000 }, (_, i) => ({
    name: `t${String(i)}`,
    description: '\u200b\u202e'.repeat(30),
    inputSchema: {
      ...inputSchema,
      required: ['a'],
      properties: { ...inputSchema.properties, c: { description: 'x'.repeat(180) } },
    },
  }));
  const reply = RawJson.fromText(JSON.stringify({ tools }));
  const connection: Connection = {
    era: 'legacy',
    capabilities: { tools: {} },
    request: () => Promise.resolve({ result: reply }),
    notify: () => undefined,
    close: () => Promise.resolve(),
  };
  const silence = await silenceDuring(async () => {
    const read = await readInterface(connection, new Date(0), limits, signal);
    expect(read.tools).toHaveLength(2_000);
  });
  expect(silence).toBeLessThan(MAX_SILENCE_MS);
});

test('R83 revisionOf returns the content digest of the lists', async () => {
  const entry = fc.record({ value: fc.jsonValue(), cleaned: fc.boolean() });
  const lists = fc.tuple(...[0, 1, 2, 3].map(() => fc.array(entry, { maxLength: 3 })));
  await fc.assert(
    fc.asyncProperty(lists, fc.constantFrom('', 'Use it.'), async (all, instructions) => {
      const shown = all.map((list) =>
        list.map(({ value, cleaned }) => ({ raw: RawJson.of(value), ...(cleaned ? { cleaned: true as const } : {}) })),
      );
      const [tools, ...others] = shown.map((list) =>
        list.map(({ raw, cleaned }) => (cleaned === true ? { cleaned: raw.value } : raw.value)),
      );
      const listed = others.every((list) => list.length === 0) ? tools : [tools, ...others];
      const content = instructions === '' ? listed : [instructions, tools, ...others];
      expect(await revisionOf(shown, instructions)).toBe(`iface_${contentDigest(content).slice(0, 12)}`);
    }),
  );
});
