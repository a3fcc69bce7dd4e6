import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Door, Registrant, SecretScope } from '@clarity-runtime/core';
import { isOperator, isSameOwner } from '../../../src/domain/access/registrant.ts';
import { destinationProblem, hostOf, toScopeHost } from '../../../src/domain/access/secret-scope.ts';

const registrant: fc.Arbitrary<Registrant> = fc.record({
  principal: fc.constantFrom('operator', 'loopback', 'token:a'),
  door: fc.constantFrom<Door>('http', 'mcp', 'stdio', 'embedded'),
});
const hostname = fc.constantFrom('api.bank.example', 'evil.example', 'bank.example', 'localhost');
const destinationHost = fc.tuple(hostname, fc.constantFrom('443', '80', '8443')).map((parts) => parts.join(':'));
const service = fc.constantFrom('bank', 'notes', 'mail');
const scope: fc.Arbitrary<SecretScope> = fc.record({
  hosts: fc.array(fc.oneof(hostname, destinationHost), { maxLength: 2 }),
  services: fc.array(service, { maxLength: 2 }),
  createdBy: registrant,
  version: fc.constant('1'),
});

test('R65b a secret is used only for its hosts, its services and its owner', () => {
  fc.assert(
    fc.property(
      scope,
      registrant,
      service,
      fc.option(destinationHost, { nil: undefined }),
      (secret, by, name, host) => {
        const destination = { registrant: by, service: name, ...(host === undefined ? {} : { host }) };
        if (destinationProblem(secret, destination) !== undefined) return;
        if (secret.services.length > 0) expect(secret.services).toContain(name);
        if (host !== undefined && secret.hosts.length > 0) {
          expect(secret.hosts.some((allowed) => allowed === host || host.startsWith(`${allowed}:`))).toBe(true);
        } else {
          const isNamed = secret.services.includes(name) && isOperator(by);
          expect(isNamed || isSameOwner(secret.createdBy, by)).toBe(true);
        }
        if (host === undefined && secret.hosts.length > 0) expect(secret.services).toContain(name);
      },
    ),
    { numRuns: 200 },
  );
});

test('R65b a secret with the host or the owner of a service is used, and the problem names the destination', () => {
  const operator: Registrant = { principal: 'operator', door: 'http' };
  const client: Registrant = { principal: 'loopback', door: 'mcp' };
  const bank = { hosts: ['api.bank.example'], services: [], createdBy: operator, version: '1' };
  const at = (host: string, by = client) => destinationProblem(bank, { registrant: by, service: 's', host });
  expect(at('api.bank.example:443')).toBeUndefined();
  expect(at('evil.example:443', operator)).toBe("its hosts do not include 'evil.example:443'");
  expect(
    destinationProblem({ ...bank, hosts: [] }, { registrant: operator, service: 's', host: 'any.example:1' }),
  ).toBe(undefined);
  expect(destinationProblem(bank, { registrant: operator, service: 's' })).toContain("'s' is a program");
});

test.each([
  ['API.Bank.example', 'api.bank.example'],
  ['localhost:08080', 'localhost:8080'],
  ['[::1]:80', '[::1]:80'],
  ['bücher.example', 'xn--bcher-kva.example'],
  ['*.example', undefined],
  ['https://a.example', undefined],
  ['a.example/path', undefined],
  ['user@a.example', undefined],
  ['a.example:99999', undefined],
  ['', undefined],
])('R65b toScopeHost returns the stored form of %j', (text, host) => {
  expect(toScopeHost(text)).toBe(host);
});

test('hostOf has the default port of the scheme', () => {
  expect(hostOf(new URL('https://A.example/x'))).toBe('a.example:443');
  expect(hostOf(new URL('http://[::1]/x'))).toBe('[::1]:80');
});
