import { readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { CliError } from '../../src/support/cli-error.ts';
import { codeOf, messageOf, rootMessageOf } from '../../src/support/error-text.ts';

const withCode = (code: unknown, cause?: unknown): Error =>
  Object.assign(new Error(`has ${String(code)}`, { cause }), { code });

const systemCode = fc.oneof(
  fc.constantFrom('ECONNREFUSED', 'ENOENT', 'E2BIG', 'ERR_INVALID_URL', 'UND_ERR_CONNECT_TIMEOUT'),
  fc.stringMatching(/^E[A-Z0-9]{3,12}$/),
);
const otherCode = fc.oneof(
  fc.constantFrom('DAEMON_UNREACHABLE', 'USAGE', 'START_FAILED', 'EXIT_CODE'),
  fc.integer(),
  fc.constant(undefined),
);

test('the system code of an error is found below errors with codes of this program', () => {
  fc.assert(
    fc.property(fc.array(otherCode, { maxLength: 8 }), systemCode, systemCode, (outer, code, inner) => {
      const system = withCode(code, withCode(inner));
      expect(codeOf(outer.reduce<unknown>((cause, own) => withCode(own, cause), system))).toBe(code);
    }),
  );
});

test('an error without a system code has none, whatever codes of this program it has', () => {
  fc.assert(
    fc.property(fc.array(otherCode, { minLength: 1, maxLength: 8 }), (codes) => {
      expect(codeOf(codes.reduce<unknown>((cause, own) => withCode(own, cause), undefined))).toBeUndefined();
    }),
  );
  expect(codeOf(new CliError('no daemon', { code: 'DAEMON_UNREACHABLE' }))).toBeUndefined();
  for (const value of [undefined, null, 'ENOENT', 2]) expect(codeOf(value)).toBeUndefined();
});

test('no documented error code is read as a system code', async () => {
  const page = await readFile(new URL('../../../../docs/reference/errors.md', import.meta.url), 'utf8');
  const documented = [...page.matchAll(/^\| \[`([A-Z_]+)`/gm)].map(([, code]) => code);
  expect(documented.length).toBeGreaterThan(50);
  expect(documented.filter((code) => codeOf(withCode(code)) !== undefined)).toEqual([]);
});

test('an error that is its own cause ends the search', () => {
  const circle = new Error('circle');
  circle.cause = circle;
  expect(codeOf(circle)).toBeUndefined();
  expect(rootMessageOf(circle)).toBe('circle');
});

test('the root message is that of the innermost cause', () => {
  const expired = withCode('CERT_HAS_EXPIRED');
  expect(rootMessageOf(new TypeError('fetch failed', { cause: expired }))).toBe(messageOf(expired));
  expect(rootMessageOf('text')).toBe('text');
});
