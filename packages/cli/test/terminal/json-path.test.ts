import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { formatJsonPath, parseJsonPath } from '../../src/terminal/json-path.ts';

const value = {
  items: [
    { name: 'a', n: 1 },
    { name: 'b', tags: ['x'] },
  ],
  'odd key': { deep: true },
};

test.each([
  ['{.items[*].name}', 'a b'],
  ['.items[1].tags[0]', 'x'],
  ["['odd key'].deep", 'true'],
  ['items.*.n', '1'],
  ['{.items[0].name}={.items[0].n}\\n', 'a=1\n'],
  ['$.items[7].name', ''],
  ['{.items[0]}', '{"name":"a","n":1}'],
  ['.constructor', ''],
])('the path %s returns %j', (text, shown) => {
  const path = parseJsonPath(text);
  if (path === undefined) throw new Error('the path was refused');
  expect(formatJsonPath(path, value)).toBe(shown);
});

test.each(['', '{', '{.a', '.a[', '.a[-1]', '.a[?(@.b)]', 'x'.repeat(1_001)])('the path %j is refused', (text) => {
  expect(parseJsonPath(text)).toBeUndefined();
});

test('every member of an object is found by its quoted name', () => {
  const name = fc.string({ minLength: 1, maxLength: 20 }).filter((text) => !/['{}]/.test(text));
  fc.assert(
    fc.property(name, fc.string(), (key, text) => {
      const path = parseJsonPath(`['${key}']`);
      expect(path === undefined ? undefined : formatJsonPath(path, { [key]: text })).toBe(text);
    }),
  );
});
