import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { RawJson, type McpReply, type McpRequest } from '@clarity-runtime/core';
import { rawParams, reply } from '../../support/fake-upstream.ts';
import { resultOf } from '../../support/speak.ts';
import { TestClient } from '../../support/test-client.ts';
import { withUpstream, type Upstreams } from '../../support/with-upstream.ts';

const WORDS = 'clarity-runtime needs your daemon token';
const question: McpRequest = {
  method: 'elicitation/create',
  params: rawParams({ message: WORDS, requestedSchema: {} }),
};
const inputs = (count: number): McpReply =>
  reply({
    resultType: 'input_required',
    requestState: 's',
    inputRequests: Object.fromEntries(
      Array.from({ length: count }, (_each, at) => [
        `q${String(at)}`,
        { method: question.method, params: { message: WORDS } },
      ]),
    ),
  });
const accept = (): Promise<McpReply> => Promise.resolve(reply({ action: 'accept', content: {} }));
const clientOf = ({ runtime }: Upstreams, era: 'legacy' | 'modern'): TestClient =>
  new TestClient(runtime, { era, capabilities: { elicitation: {} }, onAsk: accept });
const messagesOf = (client: TestClient): readonly unknown[] =>
  client.asked.map(({ params }) => params.get('message')?.value);

async function given(era: 'legacy' | 'modern'): Promise<Upstreams> {
  const all = await withUpstream();
  all.upstream.sessions = true;
  all.upstream.era = era;
  all.upstream.lists.set('vault tools', '[{"name":"t"}]');
  await all.run('vault');
  return all;
}

test.each([
  ['legacy', 'legacy'],
  ['legacy', 'modern'],
  ['modern', 'legacy'],
  ['modern', 'modern'],
] as const)(
  'R27a T-353 a question of a %s service reaches a %s client with the name of the service',
  async (upstreamEra, era) => {
    const all = await given(upstreamEra);
    all.upstream.answer = async ({ params }, exchange) => {
      if (upstreamEra === 'modern') return params.has('inputResponses') ? reply({ content: [] }) : inputs(1);
      await exchange.onRequest(question);
      return reply({ content: [] });
    };
    const client = clientOf(all, era);
    const answered = await client.request('tools/call', { name: 'vault__t' });
    const shown =
      era === 'legacy'
        ? messagesOf(client)
        : Object.values(resultOf(answered)['inputRequests'] as Record<string, { params: { message: string } }>).map(
            ({ params }) => params.message,
          );
    expect(shown).toEqual([`vault asks: ${WORDS}`]);
  },
);

test('R27a a question whose result type is written with an escape names its service', async () => {
  const all = await given('modern');
  all.upstream.answer = () =>
    Promise.resolve({
      result: RawJson.fromText(
        `{"resultType":"input\\u005frequired","inputRequests":{"q":{"method":"elicitation\\/create","params":{"message":"x"}}}}`,
      ),
    });
  const { inputRequests } = resultOf(await clientOf(all, 'modern').request('tools/call', { name: 'vault__t' }));
  expect(inputRequests).toMatchObject({ q: { params: { message: 'vault asks: x' } } });
});

test.each(['legacy', 'modern'] as const)('R27d 3,000 questions in one result reach no %s client', async (era) => {
  const all = await given('modern');
  all.upstream.answer = () => Promise.resolve(inputs(3_000));
  const client = clientOf(all, era);
  expect(await client.request('tools/call', { name: 'vault__t' })).toMatchObject({
    error: { message: expect.stringContaining('16') },
  });
  expect(client.asked).toEqual([]);
});

test.each(['modern', 'legacy'] as const)(
  'R27d a legacy client receives at most 16 questions of a call of a %s service',
  async (era) => {
    const all = await given(era);
    const answers: McpReply[] = [];
    all.upstream.answer = async (_request, exchange) => {
      if (era === 'modern') return inputs(5);
      for (let at = 0; at < 20; at += 1) answers.push(await exchange.onRequest(question));
      return reply({ content: [] });
    };
    const client = clientOf(all, 'legacy');
    await client.request('tools/call', { name: 'vault__t' });
    expect(client.asked.length).toBeLessThanOrEqual(16);
    expect(client.asked.length).toBeGreaterThanOrEqual(15);
    expect(answers.map((each) => 'error' in each)).toEqual(answers.map((_each, at) => at >= 16));
  },
);

/** Repeats a request with its state until the service needs no input; returns the last reply and the count of questions. */
async function answered(client: TestClient, name: string): Promise<readonly [last: McpReply, asked: number]> {
  let asked = 0;
  let params: Readonly<Record<string, unknown>> = { name };
  for (let round = 0; ; round += 1) {
    const last = await client.request('tools/call', params);
    if ('error' in last || round > 40) return [last, asked];
    const { resultType, inputRequests = {}, requestState } = resultOf(last);
    if (resultType !== 'input_required') return [last, asked];
    const keys = Object.keys(inputRequests as object);
    asked += keys.length;
    const inputResponses = Object.fromEntries(keys.map((key) => [key, { action: 'accept', content: {} }]));
    params = { name, inputResponses, ...(requestState === undefined ? {} : { requestState }) };
  }
}

test('R27d T-411 a modern client gets at most 16 questions of a call of a modern service over all rounds', async () => {
  const round = fc.record({
    count: fc.integer({ min: 0, max: 17 }),
    state: fc.option(
      fc.oneof(fc.string(), fc.constantFrom('clarity-asked-0', 'clarity-asked-0:x', 'clarity-asked--9')),
    ),
  });
  const all = await given('modern');
  await fc.assert(
    fc.asyncProperty(fc.array(round, { maxLength: 20 }), async (rounds) => {
      const states: unknown[] = [];
      all.upstream.answer = ({ params }) => {
        states.push(params.get('requestState')?.value ?? null);
        const next = rounds[states.length - 1];
        if (next === undefined) return Promise.resolve(reply({ content: [] }));
        const { requestState, ...members } = resultOf(inputs(next.count));
        expect(requestState).toBe('s');
        return Promise.resolve(reply({ ...members, ...(next.state === null ? {} : { requestState: next.state }) }));
      };
      const [last, asked] = await answered(clientOf(all, 'modern'), 'vault__t');
      const sums = rounds.map((_each, at) => rounds.slice(0, at + 1).reduce((sum, { count }) => sum + count, 0));
      const allowed = sums.filter((sum) => sum <= 16);
      expect(asked).toBe(allowed.at(-1) ?? 0);
      expect('error' in last).toBe(allowed.length < rounds.length);
      // The service gets its own states back, and no count.
      expect(states).toEqual([null, ...rounds.slice(0, allowed.length).map(({ state }) => state)]);
    }),
    { numRuns: 100 },
  );
});

test('R27d a modern service with a requestState that is not a text gets an error', async () => {
  const all = await given('modern');
  all.upstream.answer = () => Promise.resolve(reply({ ...resultOf(inputs(1)), requestState: 7 }));
  expect(await clientOf(all, 'modern').request('tools/call', { name: 'vault__t' })).toMatchObject({
    error: { message: 'the requestState of the service is not a text' },
  });
});
