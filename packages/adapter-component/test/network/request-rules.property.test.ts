import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { runs } from '../../../../test/support/runs.ts';
import { refusalOfField, refusalOfRequest } from '../../src/network/request-rules.ts';

const label = fc.constantFrom('a', 'b', 'api', 'example', 'com', 'xexample', 'evil');
const name = fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join('.'));
const port = fc.constantFrom('', ':80', ':443', ':8080');
const bounds = { maxBytes: 1, timeoutMs: 1 };

test('T-573 a request is allowed exactly when a rule names its host, or a name above it, and its port', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.boolean(), name, port), { minLength: 1, maxLength: 3 }),
      fc.tuple(fc.constantFrom('http', 'https'), name, port, fc.constantFrom('', '.')),
      (rules, [scheme, host, written, dot]) => {
        const hosts = rules.map(([isWild, each, at]) => `${isWild ? '*.' : ''}${each}${at}`);
        const url = new URL(`${scheme}://${host}${dot}${written}/`);
        const effective = url.port === '' ? (scheme === 'http' ? ':80' : ':443') : `:${url.port}`;
        const expected = rules.some(([isWild, each, at]) => {
          const isPort = at === '' ? effective === ':80' || effective === ':443' : at === effective;
          const labels = host.split('.');
          const above = labels.map((_, from) => labels.slice(from + 1).join('.'));
          return isPort && (isWild ? above.includes(each) : each === host);
        });
        const refusal = refusalOfRequest({ hosts, methods: ['GET'], ...bounds }, 'GET', url);
        expect([hosts, url.href, refusal === undefined]).toEqual([hosts, url.href, expected]);
      },
    ),
    { numRuns: runs(500) },
  );
});

test('T-573 other methods, schemes and user information are refused', () => {
  const grant = { hosts: ['a.example'], methods: ['GET'], ...bounds };
  expect(refusalOfRequest(grant, 'GET', new URL('https://a.example/'))).toBeUndefined();
  expect(refusalOfRequest(grant, 'get', new URL('https://a.example/'))).toContain('methods does not have get');
  expect(refusalOfRequest(grant, 'GET', new URL('ftp://a.example/'))).toContain('scheme');
  expect(refusalOfRequest(grant, 'GET', new URL('https://user@a.example/'))).toContain('user information');
  expect(refusalOfRequest(grant, 'GET', new URL('https://a.example@evil.example/'))).toContain('user information');
});

test('T-574 no accepted field can end its line or describe the connection', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary', maxLength: 12 }),
      fc.string({ unit: 'binary', maxLength: 12 }),
      (field, value) => {
        const isAccepted = refusalOfField(field, value) === undefined;
        if (isAccepted) expect(`${field}${value}`).not.toMatch(/[\0\r\n]|[^\0-\xff]/);
      },
    ),
    { numRuns: runs(500) },
  );
  for (const field of ['Host', 'content-length', 'Transfer-Encoding', 'connection', 'upgrade', 'proxy-authorization']) {
    expect([field, refusalOfField(field, 'x')]).toEqual([field, 'forbidden']);
  }
  expect(refusalOfField('x-note', 'a\r\nhost: evil')).toBe('invalid-syntax');
  expect(refusalOfField('x-note', 'caf\xe9')).toBeUndefined();
});
