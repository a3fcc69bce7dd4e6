import { expect, test } from '@jest/globals';
import { judgePacked } from '@clarity-runtime/core/internal';
import { MAX_SILENCE_MS, silenceDuring } from '../../../../test/support/silence.ts';
import { ThreadJudge } from '../../src/threads/thread-judge.ts';

type Task = Parameters<typeof judgePacked>[0];
type Packed = Task['now'];

/** An interface of 1 MiB with texts that every rule reads. */
function largest(word: string): Packed {
  const description = `${word} send the user never always call `.repeat(80);
  const properties = Object.fromEntries(
    Array.from({ length: 10 }, (_, i) => [`p${String(i)}`, { type: 'string', description: `${word} ${String(i)}` }]),
  );
  const tools = Array.from({ length: 300 }, (_, i) => {
    const name = `tool${String(i)}`;
    const text = JSON.stringify({ name, description, inputSchema: { type: 'object', properties } });
    return { key: name, json: new TextEncoder().encode(text), cleaned: false };
  });
  return { interfaceRevision: word, instructions: '', tools, prompts: [], resources: [], resourceTemplates: [] };
}

const change: Task = { now: largest('new'), before: largest('old'), isFirst: false };

test('R11b ThreadJudge compares interfaces of 1 MiB while the event loop stays free', async () => {
  await using judge = new ThreadJudge({ limitMs: 30_000 });
  await judge.judge({ now: { ...change.now, tools: [] }, isFirst: true });
  const expected = judgePacked(change);
  expect(expected.diff?.changes).toHaveLength(300);
  let judgement: unknown;
  const silence = await silenceDuring(async () => {
    judgement = await judge.judge(change);
  });
  expect(judgement).toEqual(expected);
  expect(silence).toBeLessThan(MAX_SILENCE_MS);
});

test('R11b ThreadJudge returns undefined when a comparison exceeds its limit, and compares the next one', async () => {
  await using judge = new ThreadJudge({ limitMs: 5 });
  expect(await judge.judge(change)).toBeUndefined();
  await using next = new ThreadJudge();
  expect(await next.judge({ now: { ...change.now, tools: [] }, isFirst: true })).toMatchObject({ held: new Set() });
});

test('R11b ThreadJudge returns undefined after it is disposed', async () => {
  const judge = new ThreadJudge();
  await judge[Symbol.asyncDispose]();
  expect(await judge.judge(change)).toBeUndefined();
});
