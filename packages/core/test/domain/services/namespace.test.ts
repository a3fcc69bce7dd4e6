import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { freeNamespace, normalizeNamespace } from '../../../src/domain/services/namespace.ts';

test.each([
  ['My Server (prod)', 'my_server_prod'],
  ['my.server', 'my_server'],
  ['Łódź', 'lodz'],
  ['Поиск', 'poisk'],
  ['🚀 tools', 'tools'],
  ['', 'service'],
  ['--', 'service'],
])('Q37 the namespace of %p is %s', (name, namespace) => {
  expect(normalizeNamespace(name)).toBe(namespace);
});

test('Q37 names whose letters ASCII does not have keep different namespaces with a hash', () => {
  const names = ['文件', '搜索', '文件 2', '🚀', '🛠', 'files 文件', 'files 搜索', 'חיפוש'];
  const namespaces = names.map((name) => normalizeNamespace(name));
  expect(new Set(namespaces).size).toBe(names.length);
  for (const namespace of namespaces) expect(namespace).toMatch(/^([a-z0-9_]+_)?[0-9a-f]{6}$/);
  expect(normalizeNamespace('files 文件')).toMatch(/^files_[0-9a-f]{6}$/);
});

test('Q37 a namespace is a fixed point, has only letters, digits and _, and does not depend on the form of accents', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (name) => {
      const namespace = normalizeNamespace(name);
      expect(namespace).toMatch(/^[a-z0-9](?:[a-z0-9_]*[a-z0-9])?$/);
      expect(normalizeNamespace(namespace)).toBe(namespace);
      expect(normalizeNamespace(name.normalize('NFD'))).toBe(normalizeNamespace(name.normalize('NFC')));
    }),
    { numRuns: 200 },
  );
});

test('Q37 two names without letters of ASCII have one namespace only if they are equal', () => {
  const name = fc.string({
    unit: fc.constantFrom('文', '件', '搜', '索', '検', 'א', 'ב', '한', '글'),
    minLength: 1,
    maxLength: 6,
  });
  fc.assert(
    fc.property(name, name, (one, other) => {
      expect(normalizeNamespace(one) === normalizeNamespace(other)).toBe(one === other);
    }),
    { numRuns: 200 },
  );
});

test('T-517 a long text becomes a short namespace, and two long texts have one only if they are equal', () => {
  const part = fc.constantFrom('\ufdfa', 'a', '文', '-', '\u0301\u0323', 'ß');
  const long = fc.array(part, { minLength: 300, maxLength: 400 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(long, long, (one, other) => {
      expect(normalizeNamespace(one).length).toBeLessThan(256 * 18 + 8);
      expect(normalizeNamespace(one) === normalizeNamespace(other)).toBe(one.trim() === other.trim());
      expect(normalizeNamespace(`${one}x`)).not.toBe(normalizeNamespace(one));
    }),
  );
});

test('Q37 freeNamespace skips the numbers that are taken', () => {
  const taken = new Set(['a_2', 'a_3']);
  expect(freeNamespace('a', (name) => taken.has(name))).toBe('a_4');
});
