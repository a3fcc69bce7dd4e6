import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ClarityError, RawJson, type McpReply, type McpRequest } from '../../../src/index.ts';
import { gatherList } from '../../../src/application/services/list-reader.ts';
import { readInterface, withKnownLists } from '../../../src/application/services/interface-reader.ts';
import type { Connection } from '../../../src/ports/index.ts';

type Answer = (request: McpRequest) => McpReply | Error | Promise<McpReply>;

const connectionOf = (answer: Answer, capabilities: object = { tools: {} }): Connection & { asked: McpRequest[] } => {
  const asked: McpRequest[] = [];
  return {
    asked,
    era: 'legacy',
    capabilities: { ...capabilities },
    request: async (request) => {
      asked.push(request);
      const reply = await answer(request);
      if (reply instanceof Error) throw reply;
      return reply;
    },
    notify: () => undefined,
    close: () => Promise.resolve(),
  };
};

const limits = { idleMs: 0, totalMs: 15_000, maxReplyBytes: 1_000_000 };
const signal = new AbortController().signal;
const tool = (name: string): object => ({ name, inputSchema: { type: 'object' } });
const page = (names: readonly string[], nextCursor?: unknown): McpReply => ({
  result: RawJson.of({ tools: names.map(tool), ...(nextCursor === undefined ? {} : { nextCursor }) }),
});
const cursorOf = ({ params }: McpRequest): unknown => params.get('cursor')?.value;
const refusal: McpReply = { error: { code: -32602, message: 'Invalid cursor' } };

test.each<[string, string, number, (cursor: unknown) => McpReply | Error]>([
  ['an empty cursor that leads on', 'a b', 2, (at) => (at === '' ? page(['b']) : page(['a'], ''))],
  ['an empty cursor that is refused', 'a', 2, (at) => (at === undefined ? page(['a'], '') : refusal)],
  ['a repeated cursor', 'a a', 2, () => page(['a'], '20')],
  ['two cursors in a circle', 'a b a', 3, (at) => (at === 'b' ? page(['b'], 'a') : page(['a'], 'b'))],
  [
    'three cursors in a circle',
    'a a a a',
    4,
    (at) => page(['a'], { undefined: 'x', x: 'y', y: 'z', z: 'x' }[String(at)]),
  ],
  ['null as the last cursor', 'a', 1, () => page(['a'], null)],
  ['a number as cursor', 'a', 1, () => page(['a'], 7)],
  ['a later page without the list', 'a', 2, (at) => (at === undefined ? page(['a'], 'b') : { result: RawJson.of({}) })],
  [
    'a later page with status 500',
    'a',
    2,
    (at) => (at === undefined ? page(['a'], 'b') : new ClarityError('UPSTREAM_FAILED', '')),
  ],
  [
    'a later page without the method',
    'a',
    2,
    (at) => (at === undefined ? page(['a'], 'b') : { error: { code: -32601, message: '' } }),
  ],
])('Q21 empty-cursor: gatherList reads a list with %s', async (_, names, requests, answer) => {
  const connection = connectionOf((request) => answer(cursorOf(request)));
  const { entries, hasFailed } = await gatherList(
    connection,
    { method: 'tools/list', member: 'tools' },
    { limits, signal },
  );
  expect(entries.map(({ value }) => (value as { name: string }).name).join(' ')).toBe(names);
  expect(connection.asked).toHaveLength(requests);
  expect(hasFailed).toBeUndefined();
});

test.each(['resources', 'resourceTemplates', 'prompts'])(
  'Q21 law: each cursor of the list %s is sent once, wherever the pages lead',
  async (member) => {
    const graph = fc.dictionary(fc.constantFrom('', 'a', 'b', 'c'), fc.option(fc.constantFrom('', 'a', 'b', 'c', 7)));
    await fc.assert(
      fc.asyncProperty(graph, fc.constantFrom('', 'a', undefined), async (pages, first) => {
        const connection = connectionOf((request) => {
          const at = cursorOf(request);
          const nextCursor = at === undefined ? first : pages[at as string];
          return { result: RawJson.of({ [member]: [{ name: JSON.stringify(at ?? null) }], nextCursor }) };
        });
        const list = await gatherList(connection, { method: 'x/list', member }, { limits, signal });
        const sent = connection.asked.map(cursorOf);
        expect(new Set(sent).size).toBe(sent.length);
        expect(list.entries).toHaveLength(sent.length);
      }),
      { numRuns: 60 },
    );
  },
);

test.each([
  ['null', null],
  ['an empty object', {}],
])('gatherList reads %s as an empty list', async (_, tools) => {
  const connection = connectionOf(() => ({ result: RawJson.of({ tools }) }));
  const list = await gatherList(connection, { method: 'tools/list', member: 'tools' }, { limits, signal });
  expect(list).toEqual({ entries: [] });
});

const all = { tools: {}, resources: {}, prompts: {} };
const failing =
  (method: string, outcome: McpReply | Error): Answer =>
  (request) => {
    if (request.method === method) return outcome;
    if (request.method === 'tools/list') return page(['a']);
    const member = request.method === 'resources/templates/list' ? 'resourceTemplates' : request.method.split('/')[0];
    return { result: RawJson.of({ [member ?? '']: [] }) };
  };

test.each([
  ['tools/list', 'tools'],
  ['resources/list', 'resources'],
  ['resources/templates/list', 'resourceTemplates'],
  ['prompts/list', 'prompts'],
])('M4 a failing %s is an empty list with a fault, and the other lists are read', async (method, list) => {
  for (const outcome of [
    { error: { code: -32603, message: 'database down' } },
    { result: RawJson.of({}) },
    new ClarityError('UPSTREAM_FAILED', 'HTTP 500'),
    new ClarityError('CALL_TIMED_OUT', ''),
  ]) {
    const read = await readInterface(connectionOf(failing(method, outcome), all), new Date(0), limits, signal);
    expect(read.faults).toEqual([{ list, entry: '', problem: expect.any(String), outcome: 'failed' }]);
    expect(read.tools.map(({ name }) => name)).toEqual(method === 'tools/list' ? [] : ['a']);
  }
});

test.each(['UPSTREAM_UNAUTHORIZED', 'UPSTREAM_LOST', 'UPSTREAM_UNREACHABLE'] as const)(
  'M4 %s while a list is read ends the start',
  async (code) => {
    const connection = connectionOf(failing('prompts/list', new ClarityError(code, '')), all);
    await expect(readInterface(connection, new Date(0), limits, signal)).rejects.toMatchObject({ code });
  },
);

test('M4 a list that fails later keeps its last known entries and the revision', async () => {
  const good = await readInterface(
    connectionOf(() => page(['a', 'b'])),
    new Date(0),
    limits,
    signal,
  );
  const bad = await readInterface(
    connectionOf(() => refusal),
    new Date(0),
    limits,
    signal,
  );
  expect(bad.tools).toEqual([]);
  const kept = withKnownLists(bad, good);
  expect(kept.tools).toEqual(good.tools);
  expect(kept.interfaceRevision).toBe(good.interfaceRevision);
  expect(kept.faults).toEqual(bad.faults);
});

test('Q35 one bad definition is left out alone and reported, and one with a single reading is repaired', async () => {
  const tools = [tool('good'), { name: 'bad', inputSchema: 'x' }, { name: 'odd' }, { inputSchema: {} }, tool('good')];
  const connection = connectionOf(() => ({ result: RawJson.of({ tools }) }));
  const read = await readInterface(connection, new Date(0), limits, signal);
  expect(read.tools.map(({ name }) => name)).toEqual(['good', 'odd']);
  expect(read.faults).toEqual([
    { list: 'tools', entry: 'bad', problem: 'inputSchema is not a schema', outcome: 'omitted' },
    { list: 'tools', entry: 'odd', problem: 'inputSchema was missing', outcome: 'repaired' },
    { list: 'tools', entry: '', problem: 'an entry has no name', outcome: 'omitted' },
    { list: 'tools', entry: 'good', problem: 'another entry has the same name', outcome: 'omitted' },
  ]);
});
