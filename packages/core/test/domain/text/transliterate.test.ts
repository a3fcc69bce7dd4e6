import { expect, test } from '@jest/globals';
import { transliterate } from '../../../src/domain/text/transliterate.ts';

test.each([
  ['Łódź', 'lodz'],
  ['Straße', 'strasse'],
  ['İstanbul', 'istanbul'],
  ['Þór Æð', 'thor aed'],
  ['Поиск', 'poisk'],
  ['Київ', 'kiiv'],
  ['Αναζήτηση', 'anazitisi'],
  ['ﬁles ①', 'files 1'],
  ['a-b.c', 'a-b.c'],
])('Q37 transliterate writes %s as %s', (name, text) => {
  expect(transliterate(name)).toEqual({ text, isPartial: false });
});

test.each(['文件', 'חיפוש', 'a検索', '٣'])('Q37 transliterate reports the letters of %s that it drops', (name) => {
  expect(transliterate(name).isPartial).toBe(true);
});
