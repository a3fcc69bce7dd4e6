import { expect, test } from '@jest/globals';
import {
  isPlaceholder,
  isSecretHeader,
  isSecretName,
  isSecretParameter,
  isSecretValue,
} from '../../../src/domain/import/secret-shape.ts';

test.each([
  'GITHUB_TOKEN',
  'apiKey',
  '--api-key',
  'DB_PASSWORD',
  'PGPASSWORD_SECRET',
  'GITHUB_PAT',
  'SENTRY_DSN',
  'DATABASE_URL',
])('isSecretName is true for %s', (name) => {
  expect(isSecretName(name)).toBe(true);
});

test.each([
  'TOKEN_FILE',
  'SECRET_PATH',
  'AUTH_TYPE',
  'PATH',
  'PORT',
  'COMPATIBLE',
  'KEYBOARD',
  'TOKEN_URL',
  'LOG_LEVEL',
])('isSecretName is false for %s', (name) => {
  expect(isSecretName(name)).toBe(false);
});

test.each([
  'ghp_abc',
  'sk-1',
  'github_pat_x',
  'AKIAX',
  'postgres://u:p@h/d',
  'q8Zr2mK1xV5tB9nW4yC7dF3g',
  'eyJhbGciOi.x.y',
])('isSecretValue is true for %s', (value) => {
  expect(isSecretValue(value)).toBe(true);
});

test.each([
  ...[
    'info',
    '/home/user/a-long-path/to/a/file-1234567890',
    'https://example.com/a/b/c/d/e/f?x=1',
    '@scope/package@2025.4.8',
  ],
  ...[
    'production-eu-west-one',
    '2026-11-30T08:00:00.000Z',
    'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa1',
    'one two three four 5 six seven',
  ],
])('isSecretValue is false for %s', (value) => {
  expect(isSecretValue(value)).toBe(false);
});

test.each(['<YOUR_TOKEN>', 'YOUR_API_KEY_HERE', 'xxx', 'sk-...', 'changeme', '/path/to/file', '[token]', '{{token}}'])(
  'isPlaceholder is true for %s',
  (value) => {
    expect(isPlaceholder(value)).toBe(true);
  },
);

test.each(['["a"]', '{"a":1}', 'ghp_1234', 'yours', 'x', '/home/user', ''])(
  'isPlaceholder is false for %s',
  (value) => {
    expect(isPlaceholder(value)).toBe(false);
  },
);

test('headers and parameters of a URL are recognized by their name', () => {
  expect(['Authorization', 'X-Api-Key', 'X-Trace'].map(isSecretHeader)).toEqual([true, true, false]);
  expect(['key', 'api_key', 'sig', 'region'].map(isSecretParameter)).toEqual([true, true, true, false]);
});
