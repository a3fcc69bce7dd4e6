import { inspect } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { credentialResolver, type Door } from '@clarity-runtime/core';
import type { CredentialRequest } from '@clarity-runtime/core/ports';
import { environmentCredentials } from '../../src/index.ts';

const request = (door: Door): CredentialRequest => ({
  tenant: 'default',
  registrant: { principal: 'operator', door },
  service: 'git',
  purpose: 'header',
});
const operator = request('embedded');
const model = request('mcp');
const environment = {
  CLARITY_REMOTE_AUTH_GIT_HUB: 'from-legacy',
  UPSTREAM_KEY: 'Bearer from-env',
  LISTED: 'listed',
  EMPTY: '  ',
  CLARITYD_AUTH_TOKEN: 'own',
  CLARITY_API_TOKEN: 'own',
};
const providers = environmentCredentials({ environment, allowlist: ['LISTED'] });
const resolve = credentialResolver(providers);
const bearer = { name: 'Authorization', bearer: true };

test.each([
  ['git-hub', 'from-legacy', bearer],
  [' legacy_env: git hub ', 'from-legacy', bearer],
  ['env:UPSTREAM_KEY', 'Bearer from-env', bearer],
  ['ENV : UPSTREAM_KEY', 'Bearer from-env', bearer],
  ['header_env:X-Api-Key:UPSTREAM_KEY', 'Bearer from-env', { name: 'X-Api-Key', bearer: false }],
])('%j resolves', async (reference, value, header) => {
  const credential = await resolve(reference, operator);
  expect(credential.secret.reveal()).toBe(value);
  expect(credential.header).toEqual(header);
});

test.each([
  ['', 'AUTH_REF_INVALID', 'non-empty'],
  ['env:', 'AUTH_REF_INVALID', "provider 'env'"],
  ['env:A B', 'AUTH_REF_INVALID', "provider 'env'"],
  ['header_env:X', 'AUTH_REF_INVALID', "'<Header-Name>:<ENV_VAR>'"],
  ['header_env:X Y:UPSTREAM_KEY', 'AUTH_REF_INVALID', "invalid header name 'X Y'"],
  ['header_env:X\u0001:UPSTREAM_KEY', 'AUTH_REF_INVALID', "invalid header name 'X?'"],
  ['file:x', 'AUTH_REF_INVALID', "no provider 'file'"],
  ['env:NOT_SET', 'CREDENTIAL_MISSING', "missing remote auth secret in env 'NOT_SET'"],
  ['env:EMPTY', 'CREDENTIAL_MISSING', "'EMPTY'"],
  ['unknown:foo', 'CREDENTIAL_MISSING', "'CLARITY_REMOTE_AUTH_UNKNOWN_FOO'"],
])('%j is refused with %s', async (reference, code, words) => {
  await expect(resolve(reference, operator)).rejects.toMatchObject({
    code,
    message: expect.stringContaining(words),
  });
});

describe('A13 variables of the runtime are rejected', () => {
  test.each(['env:CLARITYD_AUTH_TOKEN', 'env:CLARITY_API_TOKEN', 'header_env:X:CLARITYD_AUTH_TOKEN'])(
    '%s',
    async (reference) => {
      await expect(resolve(reference, operator)).rejects.toMatchObject({ code: 'AUTH_REF_INVALID' });
    },
  );
});

test('S10 callers over MCP may name allowed variables only; an operator may name others', async () => {
  await expect(resolve('env:UPSTREAM_KEY', model)).rejects.toMatchObject({
    code: 'AUTH_REF_INVALID',
    failure: { hint: expect.stringContaining('CLARITY_REMOTE_AUTH_ENV_ALLOWLIST') },
  });
  await expect(resolve('header_env:X:UPSTREAM_KEY', request('stdio'))).rejects.toMatchObject({
    code: 'AUTH_REF_INVALID',
  });
  for (const reference of ['git-hub', 'env:CLARITY_REMOTE_AUTH_GIT_HUB', 'env:LISTED']) {
    await expect(resolve(reference, model)).resolves.toBeDefined();
  }
});

test('R02 admit refuses a variable that a service of a client may not use, and accepts one that is not set', async () => {
  const [, env, header] = providers;
  const refusal = { code: 'AUTH_REF_INVALID', message: expect.stringContaining("'AWS_SECRET_ACCESS_KEY'") };
  await expect(env?.admit?.('AWS_SECRET_ACCESS_KEY', model)).rejects.toMatchObject(refusal);
  await expect(header?.admit?.('X-A:AWS_SECRET_ACCESS_KEY', model)).rejects.toMatchObject(refusal);
  await expect(env?.admit?.('AWS_SECRET_ACCESS_KEY', operator)).resolves.toBeUndefined();
  await expect(env?.admit?.('CLARITY_REMOTE_AUTH_NOT_SET', model)).resolves.toBeUndefined();
  await expect(env?.admit?.('CLARITYD_AUTH_TOKEN', operator)).rejects.toMatchObject({ code: 'AUTH_REF_INVALID' });
});

test('validate returns issues and header names without secret values', async () => {
  const [, env] = providers;
  expect(await env?.validate('UPSTREAM_KEY', operator)).toEqual({
    valid: true,
    issues: [],
    headers: ['Authorization'],
  });
  expect(await env?.validate('NOT_SET', operator)).toMatchObject({ valid: false, headers: [] });
  expect(await providers[0]?.health()).toEqual({
    healthy: true,
    detail: '1 variables start with CLARITY_REMOTE_AUTH_',
  });
});

test('a secret is redacted in every kind of printing', async () => {
  const credential = await resolve('env:UPSTREAM_KEY', operator);
  const prints = [inspect(credential, { depth: 9 }), JSON.stringify(credential), credential.secret.toString()];
  for (const print of prints) {
    expect(print).not.toContain('from-env');
    expect(print).toContain('[redacted]');
  }
});
