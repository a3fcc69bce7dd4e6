import { expect, test } from '@jest/globals';
import { CookieJar } from '../../../src/outbound/http/cookie-jar.ts';

const after = (...fields: readonly string[]): string | undefined => {
  const jar = new CookieJar();
  jar.store(fields);
  return jar.headers()['cookie'];
};

test.each<[string, readonly string[], string | undefined]>([
  ['a value and its attributes', ['AWSALB=abc; Path=/; Secure; HttpOnly'], 'AWSALB=abc'],
  ['several cookies', ['a=1', 'b=2'], 'a=1; b=2'],
  ['a new value', ['a=1', 'a=2'], 'a=2'],
  ['a value with an equals sign', ['a=b=c'], 'a=b=c'],
  ['an empty value', ['a='], 'a='],
  ['Max-Age=0', ['a=1', 'a=1; Max-Age=0'], undefined],
  ['a negative Max-Age', ['a=1', 'a=1; max-age=-1'], undefined],
  ['a date in the past', ['a=1', 'a=; Expires=Thu, 01 Jan 1970 00:00:00 GMT'], undefined],
  ['no name', ['=1', 'x'], undefined],
  ['a line end', ['a=1\r\nx: y', 'b\nc=1'], undefined],
  ['text that is not ASCII', ['a=é'], undefined],
  ['a value of 5 KiB', [`a=${'x'.repeat(5_000)}`], undefined],
])('cookies: the jar handles %s', (_, fields, expected) => {
  expect(after(...fields)).toBe(expected);
});

test('cookies: the jar keeps at most 32 cookies, and sends none above 8 KiB', () => {
  const many = Array.from({ length: 40 }, (_, at) => `c${String(at)}=1`);
  expect(after(...many)?.split('; ')).toHaveLength(32);
  expect(after(...[1, 2, 3].map((at) => `c${String(at)}=${'x'.repeat(4_000)}`))).toBeUndefined();
});
