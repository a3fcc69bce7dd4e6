import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { RawJson } from '@clarity-runtime/core';
import { canonicalJson, contentDigest } from '../../../src/domain/json/digest.ts';
import { diffInterfaces, type Comparable } from '../../../src/domain/interfaces/interface-diff.ts';
import { quarantinedTools, pinSnapshot, pinned, pinTools } from '../../../src/domain/interfaces/interface-pin.ts';
import { hasHiddenCharacters, stripHiddenCharacters } from '../../../src/domain/text/hidden-characters.ts';
import { asksForSecret } from '../../../src/domain/interfaces/suspicious-text.ts';
import { breaking, harmless, mail, rugPulls, type Edit } from '../interface-cases.ts';

type Entry = Readonly<Record<string, unknown>>;

const offer = (tools: readonly Entry[], over: Partial<Comparable> = {}): Comparable => ({
  interfaceRevision: contentDigest(tools),
  tools: tools.map((tool) => ({ name: String(tool['name']), raw: RawJson.of(tool) })),
  resources: [],
  prompts: [],
  ...over,
});
const edited = (edit: Edit): Comparable => offer(typeof edit === 'function' ? edit(mail) : [{ ...mail, ...edit }]);
const accepted = offer([mail]);

test('the cases contain at least 20 rug pulls and 20 harmless changes', () => {
  expect(rugPulls.length).toBeGreaterThanOrEqual(20);
  expect(harmless.length).toBeGreaterThanOrEqual(20);
});

test.each(rugPulls)('T-269 a tool that %s is suspicious', (_what, edit) => {
  const { verdict, changes } = diffInterfaces(accepted, edited(edit));
  expect([verdict, changes]).toEqual(['suspicious', expect.arrayContaining([expect.objectContaining({ verdict })])]);
});

test.each(harmless)('a tool that %s is compatible', (_what, edit) => {
  const { verdict, changes } = diffInterfaces(accepted, edited(edit));
  expect({
    verdict,
    odd: changes.flatMap(({ reasons }) => reasons.filter((reason) => reason.verdict !== 'compatible')),
  }).toEqual({
    verdict: 'compatible',
    odd: [],
  });
});

test.each(breaking)('a tool that %s is breaking', (_what, edit) => {
  expect(diffInterfaces(accepted, edited(edit)).verdict).toBe('breaking');
});

test('diffInterfaces reports a rename with both names when the body is equal', () => {
  const { changes } = diffInterfaces(accepted, offer([{ ...mail, name: 'x', title: 'Other' }]));
  expect(changes).toMatchObject([{ change: 'renamed', from: 'send_mail', name: 'x', verdict: 'suspicious' }]);
});

test('diffInterfaces marks changed instructions as suspicious and reports the place of a change', () => {
  const told = { ...accepted, instructions: 'Use freely.' };
  expect(diffInterfaces(accepted, told).changes).toMatchObject([{ kind: 'instructions', verdict: 'suspicious' }]);
  expect(diffInterfaces(told, told).changes).toEqual([]);
  const [change] = diffInterfaces(
    accepted,
    edited({ inputSchema: { ...(mail['inputSchema'] as Entry), additionalProperties: {} } }),
  ).changes;
  expect(change?.reasons).toMatchObject([{ code: 'SCHEMA_WIDENED', where: 'inputSchema.additionalProperties' }]);
});

test('diffInterfaces compares prompts and resources', () => {
  const prompt = { name: 'review', arguments: [{ name: 'code', required: true }] };
  const doc = { uri: 'file:///a.md', mimeType: 'text/markdown' };
  const before = offer([], {
    prompts: [{ name: prompt.name, raw: RawJson.of(prompt) }],
    resources: [{ uri: doc.uri, raw: RawJson.of(doc) }],
  });
  const verdictOf = (over: Partial<Comparable>): string => diffInterfaces(before, { ...before, ...over }).verdict;
  const prompts = (...entries: readonly Entry[]): Partial<Comparable> => ({
    prompts: entries.map((entry) => ({ name: String(entry['name']), raw: RawJson.of(entry) })),
  });
  const resources = (...entries: readonly Entry[]): Partial<Comparable> => ({
    resources: entries.map((entry) => ({ uri: String(entry['uri']), raw: RawJson.of(entry) })),
  });
  expect(verdictOf(prompts({ ...prompt, description: 'Reviews code.' }))).toBe('compatible');
  expect(verdictOf(prompts({ ...prompt, arguments: [...prompt.arguments, { name: 'style' }] }))).toBe('compatible');
  expect(verdictOf(prompts({ ...prompt, arguments: [...prompt.arguments, { name: 'style', required: true }] }))).toBe(
    'breaking',
  );
  expect(verdictOf(prompts({ ...prompt, arguments: [...prompt.arguments, { name: 'password' }] }))).toBe('suspicious');
  expect(verdictOf(prompts({ ...prompt, arguments: [] }))).toBe('breaking');
  expect(verdictOf(prompts())).toBe('breaking');
  expect(verdictOf(resources({ ...doc, description: 'Notes.' }, { uri: 'file:///b.md' }))).toBe('compatible');
  expect(verdictOf(resources({ ...doc, mimeType: 'text/html' }))).toBe('breaking');
  expect(verdictOf(resources({ ...doc, uri: 'file:///etc/passwd' }))).toBe('suspicious');
});

test('diffInterfaces reports UNREAD as suspicious when new text exceeds 64 Ki characters', () => {
  expect(diffInterfaces(accepted, edited({ description: 'word '.repeat(20_000) })).changes[0]?.reasons).toEqual(
    expect.arrayContaining([expect.objectContaining({ code: 'UNREAD', verdict: 'suspicious' })]),
  );
});

test('asksForSecret recognizes names of secrets and no similar names', () => {
  for (const name of ['apiKey', 'API_KEY', 'user-password', 'authToken', 'sessionId', 'chat_history', 'clientSecret']) {
    expect([name, asksForSecret(name)]).toEqual([name, true]);
  }
  for (const name of ['pageToken', 'next_token', 'max_tokens', 'author', 'key', 'keyboard', 'secretary', 'passive']) {
    expect([name, asksForSecret(name)]).toEqual([name, false]);
  }
});

const entry = fc.record(
  { name: fc.string({ minLength: 1 }), description: fc.string(), inputSchema: fc.object(), annotations: fc.object() },
  { requiredKeys: ['name'] },
);
const offers = fc.uniqueArray(entry, { selector: ({ name }) => name, maxLength: 6 });

test('diffInterfaces finds no change in equal interfaces and a change in all others', () => {
  fc.assert(
    fc.property(offers, offers, (one, other) => {
      const [a, b] = [offer(one), offer(other)];
      expect(diffInterfaces(a, a).changes).toEqual([]);
      const isSame = canonicalJson(byName(one)) === canonicalJson(byName(other));
      expect(diffInterfaces(a, b).changes.length === 0).toBe(isSame);
    }),
  );
});

const byName = (entries: readonly Entry[]): Entry =>
  Object.fromEntries(entries.map((item) => [`.${String(item['name'])}`, item]));

test('quarantinedTools is empty for the pinned interface and after pinTools accepts its names', () => {
  fc.assert(
    fc.property(offers, offers, (one, other) => {
      const [before, now] = [offer(one), offer(other)];
      const pin = pinSnapshot(before, 'then');
      expect(quarantinedTools(pin, before).size).toBe(0);
      expect(diffInterfaces(pinned(pin, before), before).changes).toEqual([]);
      const held = quarantinedTools(pin, now);
      const same = new Set(one.map((item) => contentDigest(item)));
      for (const item of other) expect(held.has(item.name)).toBe(!same.has(contentDigest(item)));
      expect(quarantinedTools(pinTools(pin, now, held, 'now'), now).size).toBe(0);
    }),
  );
});

test('a pin without definitions keeps digests and detects changed tools', () => {
  const big = Array.from({ length: 40 }, (_, i) => ({ name: `t${String(i)}`, description: 'x'.repeat(8_000) }));
  const pin = pinSnapshot(offer(big), 'then');
  expect(JSON.stringify(pin).length).toBeLessThan(200_000);
  expect(quarantinedTools(pin, offer(big)).size).toBe(0);
  expect(diffInterfaces(pinned(pin, offer(big)), offer(big)).changes).toEqual([]);
  const changed = big.map((tool) => (tool.name === 't39' ? { ...tool, description: 'y' } : tool));
  expect([...quarantinedTools(pin, offer(changed))]).toEqual(['t39']);
});

test('contentDigest depends on the order of items and not on the order of members', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
      const turned = Object.fromEntries(Object.entries(value).reverse());
      expect(canonicalJson(turned)).toBe(canonicalJson(value));
      expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
  expect(contentDigest([1, 2])).not.toBe(contentDigest([2, 1]));
});

test('U26 hidden characters are removed and readable text stays', () => {
  fc.assert(
    fc.property(
      fc.string({
        unit: fc.constantFrom(
          'a',
          'é',
          '中',
          '🙂',
          ' ',
          '\n',
          '\t',
          '\u200b',
          '\u202e',
          '\u001b',
          '\u{e0041}',
          '\u0000',
          '\ufeff',
        ),
      }),
      (text) => {
        const plain = stripHiddenCharacters(text);
        expect(hasHiddenCharacters(plain)).toBe(false);
        if (text.includes('\u001b')) return;
        expect(
          ['\u200b', '\u202e', '\u{e0041}', '\u0000', '\ufeff'].reduce(
            (left, hidden) => left.replaceAll(hidden, ''),
            text,
          ),
        ).toBe(plain);
      },
    ),
  );
});
