import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Secret } from '@clarity-runtime/core';
import { Redactor } from '../../../src/domain/access/redactor.ts';
import { cpuMsOf } from '../../../../../test/support/cpu-time.ts';

const escaped = (value: string): string =>
  Array.from({ length: value.length }, (_, i) => `\\u${value.charCodeAt(i).toString(16).padStart(4, '0')}`).join('');
const percent = (value: string): string =>
  Array.from(Buffer.from(value), (byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
const entities = (value: string): string => Array.from(value, (point) => `&#${String(point.codePointAt(0))};`).join('');
const SPELLINGS: readonly (readonly [string, (value: string) => string])[] = [
  ['plain', (value) => value],
  ['JSON', (value) => JSON.stringify(value).slice(1, -1)],
  ['JSON escapes', escaped],
  ['percent', encodeURIComponent],
  ['percent of each byte', percent],
  ['base64', (value) => Buffer.from(value).toString('base64')],
  ['base64 at alignment 1', (value) => Buffer.from(`u${value}`).toString('base64')],
  ['base64 at alignment 2', (value) => Buffer.from(`u:${value}`).toString('base64')],
  ['base64url', (value) => Buffer.from(`u:${value}`).toString('base64url')],
  ['hex', (value) => Buffer.from(value).toString('hex')],
  ['HEX', (value) => Buffer.from(value).toString('hex').toUpperCase()],
  ['HTML', (value) => value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')],
  ['HTML entities', entities],
];
const value = fc
  .string({ unit: fc.constantFrom(...Array.from('abcXYZ0189-_+/&<"%é ')), minLength: 8, maxLength: 48 })
  .filter((text) => text.trim() === text && /[a-z0-9]{3}/i.test(text));
const around = fc.string({ unit: fc.constantFrom(...Array.from('kqw .,:{}[]')), maxLength: 12 });

test.each(SPELLINGS)('R10c the redactor removes a value that is spelled as %s', (_name, spell) => {
  fc.assert(
    fc.property(value, around, around, (secret, before, after) => {
      const redactor = Redactor.of([new Secret(secret)]);
      const spelled = spell(secret);
      const core = spelled.replace(/=+$/, '').slice(4, -3);
      const clean = redactor?.redact(`${before}${spelled}${after}`) ?? '';
      expect(clean).toContain('[redacted]');
      if (core.length >= 6) expect(clean).not.toContain(core);
      const json = JSON.stringify({ text: `${before}${spelled}${after}`, n: 1 });
      const message = redactor?.redactJson(json) ?? '';
      expect((JSON.parse(message) as { text: string }).text).toContain('[redacted]');
      if (core.length >= 6) expect(message).not.toContain(core);
    }),
    { numRuns: 60 },
  );
});

test('R10b the redactor leaves other JSON byte for byte, and a number stays a number', () => {
  const redactor = Redactor.of([new Secret('12345678'), new Secret('secret-of-the-bank')]);
  const other = '{"a":9007199254740993,"b":"x \\u00e9 %41","c":[1.50,null]}';
  expect(redactor?.redactJson(other)).toBe(other);
  expect(JSON.parse(redactor?.redactJson('{"pin":12345678}') ?? '')).toEqual({ pin: 11111111 });
  expect(redactor?.redactJson('{"t":"\\u0073ecret-of-the-bank!"}')).toBe('{"t":"[redacted]!"}');
});

test('R10b a service without values has no redactor, and a short secret is hidden in errors only', () => {
  expect(Redactor.of([], [])).toBeUndefined();
  const short = Redactor.of([new Secret('hunter2')]);
  expect(short?.redact('it is hunter2')).toBe('it is [redacted]');
  expect(short?.redactJson('"hunter2"')).toBe('"hunter2"');
});

test('R10b a value that a cut divides is removed', () => {
  const redactor = Redactor.of([new Secret('secret-of-the-bank')]);
  expect(redactor?.redactCut('token: secret-of-th')).toBe('token: [redacted]');
  expect(redactor?.redactCut('plain')).toBe('plain');
});

test('R10c the work of the redactor is linear for hostile values and texts', () => {
  const redactor = Redactor.of([new Secret('a'.repeat(16_000) + 'b')]);
  const text = 'a'.repeat(1_000_000);
  expect(cpuMsOf(() => redactor?.redactJson(`"${text}"`))).toBeLessThan(10_000);
});

test.each(['_-AAA_A0_-', 'abcabcabc', 'aba', 'aaaaaaaa'])(
  'R10c redactCut removes %s, which ends with its beginning',
  (value) => {
    const redactor = Redactor.of([new Secret(value)]);
    for (const text of [`a ${value}`, `a ${value}${value.slice(0, 2)}`]) {
      expect(redactor?.redactCut(text).replaceAll('[redacted]', '')).toBe('a ');
    }
  },
);

test('R10c redactCut leaves at most one unit of a value at every cut position, also of long values', () => {
  const words = fc.stringMatching(/^[A-Z0-9_-]{8,300}$/);
  fc.assert(
    fc.property(words, fc.nat(), (value, cut) => {
      const redactor = Redactor.of([new Secret(value)]);
      const shown = redactor?.redactCut(`a ${value}`.slice(0, 2 + (cut % (value.length + 1)))) ?? '';
      expect(shown.replaceAll('[redacted]', '').length).toBeLessThanOrEqual(3);
    }),
  );
});
