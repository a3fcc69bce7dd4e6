import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ToolIndex, type IndexedTool } from '../../../src/domain/interfaces/tool-index.ts';

const tool = (name: string, description = '', namespace = 'docs'): IndexedTool => ({
  name,
  namespace,
  description,
  parameters: [],
});
const namesOf = (tools: readonly IndexedTool[], text: string, limit = 10): readonly string[] =>
  new ToolIndex(tools).search({ text, offset: 0, limit }).tools.map(({ name }) => name);

const TOOLS = [
  tool('github__createIssue', 'Opens an issue in a repository.', 'github'),
  tool('github__list_issues', 'Lists issues.', 'github'),
  tool('mail__send', 'Sends a mail about an issue.', 'mail'),
  tool('docs__search', 'Finds pages. 検索'),
];

test('a search ranks names over descriptions, joins words of one name, and finds plurals and other scripts', () => {
  expect(namesOf(TOOLS, 'create issue')[0]).toBe('github__createIssue');
  expect(namesOf(TOOLS, 'list issue')[0]).toBe('github__list_issues');
  expect(namesOf(TOOLS, 'issue')).toHaveLength(3);
  expect(namesOf(TOOLS, 'issue').at(-1)).toBe('mail__send');
  expect(namesOf(TOOLS, '検索')).toEqual(['docs__search']);
  expect(namesOf(TOOLS, 'nothing of this')).toEqual([]);
});

test('a query without words lists all tools by name, in pages, and of one service if it is named', () => {
  const index = new ToolIndex(TOOLS);
  const names = TOOLS.map(({ name }) => name).sort();
  expect(index.search({ text: ' - ', offset: 1, limit: 2 })).toMatchObject({
    tools: names.slice(1, 3).map((name) => ({ name })),
    total: 4,
  });
  expect(index.search({ text: '', namespace: 'github', offset: 0, limit: 9 }).total).toBe(2);
});

test('the order depends on the tools and the query alone, not on the order of registration', () => {
  fc.assert(
    fc.property(fc.shuffledSubarray(TOOLS, { minLength: 4 }), fc.string(), (shuffled, text) => {
      expect(namesOf(shuffled, text)).toEqual(namesOf(TOOLS, text));
    }),
  );
});

test('every tool of a result has a word of the query, and every page is a part of the whole result', () => {
  const word = fc.constantFrom('issue', 'list', 'mail', 'send', 'create', 'pages');
  fc.assert(
    fc.property(fc.array(word, { maxLength: 4 }), fc.nat(4), fc.integer({ min: 1, max: 4 }), (words, offset, limit) => {
      const index = new ToolIndex(TOOLS);
      const text = words.join(' ');
      const whole = index.search({ text, offset: 0, limit: 100 });
      expect(index.search({ text, offset, limit }).tools).toEqual(whole.tools.slice(offset, offset + limit));
      expect(whole.tools).toHaveLength(whole.total);
    }),
  );
});

test('T-493 a search over large hostile definitions ends in time that grows with their words', () => {
  const hostile = Array.from({ length: 300 }, (_, i) =>
    tool(`t${String(i)}`, `x aA${'a1'.repeat(50_000)} ${'y '.repeat(5_000)}`),
  );
  const index = new ToolIndex(hostile);
  expect(index.search({ text: 'a1'.repeat(10_000), offset: 0, limit: 5 }).tools.length).toBeLessThanOrEqual(5);
  expect(index.search({ text: 'x', offset: 0, limit: 5 }).total).toBe(300);
});
