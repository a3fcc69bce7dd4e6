import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { embeddedCaller, grantOf, type Caller } from '@clarity-runtime/core';
import { startDaemon, type Daemon } from '../support/daemon.ts';
import { ask, post } from '../support/http-client.ts';

const SECRETS = '/api/security/auth/secrets';
const VALIDATE = '/api/security/auth/validate';
const CANARY = 'Canary-8d1f-value';

let daemon: Daemon;
beforeEach(async () => {
  daemon = await startDaemon({ mcpProvisioning: true });
});
afterEach(() => daemon[Symbol.asyncDispose]());

const kindsOf = async (): Promise<readonly unknown[]> =>
  (await daemon.audited()).map(({ kind, level, data, caller }) => ({ kind, level, data, door: caller?.door }));

test('[http.auth.providers] GET /api/auth/providers lists every provider in order', async () => {
  const { status, body } = await ask(daemon, '/api/security/auth/providers');
  expect(status).toBe(200);
  expect(body).toMatchObject({ fileRoot: null, fileRootExists: true });
  expect(
    (body['providers'] as { name: string; supported: boolean }[]).map(({ name, supported }) => [name, supported]),
  ).toEqual([
    ['legacy_env', false],
    ['env', false],
    ['file', true],
    ['header_env', false],
  ]);
});

test('[http.auth.set-secret] [http.auth.secrets] [http.auth.delete-secret] store, list and delete a secret', async () => {
  const stored = { authRef: 'file:api/key', provider: 'file', path: 'api/key' };
  expect((await post(daemon, SECRETS, { auth_ref: 'file:api/key', secret: CANARY })).body).toEqual({
    ...stored,
    written: true,
  });
  expect((await ask(daemon, SECRETS)).body).toEqual({
    count: 1,
    items: [{ authRef: 'file:api/key', relativePath: 'api/key' }],
  });
  const remove = () => ask(daemon, SECRETS, { method: 'DELETE', json: { auth_ref: 'file:api/key' } });
  expect((await remove()).body).toEqual({ ...stored, deleted: true });
  expect(await remove()).toMatchObject({ status: 200, body: { ...stored, deleted: false } });
  expect(await kindsOf()).toEqual([
    { kind: 'security.auth_secret_upserted', level: 'info', door: 'http', data: stored },
    { kind: 'security.auth_secret_deleted', level: 'info', door: 'http', data: { ...stored, deleted: true } },
    { kind: 'security.auth_secret_deleted', level: 'info', door: 'http', data: { ...stored, deleted: false } },
  ]);
});

test('[http.auth.validate-get] [http.auth.validate-post] GET and POST agree and redact the whole target', async () => {
  await post(daemon, SECRETS, { auth_ref: 'file:key', secret: CANARY });
  const good = {
    authRef: 'file:key',
    provider: 'file',
    target: 'key',
    redactedTarget: '***',
    valid: true,
    issues: [],
    headerKeys: ['Authorization'],
    source: 'file',
  };
  expect((await ask(daemon, `${VALIDATE}?auth_ref=file:key`)).body).toEqual(good);
  expect(await post(daemon, VALIDATE, { auth_ref: ' FILE: key' })).toMatchObject({
    status: 200,
    body: { ...good, authRef: 'FILE: key' },
  });
  const missing = (await post(daemon, VALIDATE, { auth_ref: 'file:other' })).body;
  expect(missing).toMatchObject({ valid: false, headerKeys: [], issues: [expect.stringContaining("'other'")] });
});

test('the audit does not contain an invalid reference, which may be a secret', async () => {
  await post(daemon, VALIDATE, { auth_ref: CANARY });
  await ask(daemon, `${VALIDATE}?auth_ref=env:${CANARY}`);
  expect(await kindsOf()).toMatchObject([
    { kind: 'security.auth_ref_validated', level: 'warn', data: { authRef: 'legacy_env:***', valid: false } },
    { kind: 'security.auth_ref_validated', level: 'warn', data: { authRef: 'env:***', valid: false } },
  ]);
});

test.each([
  ['S01 a path out of the folder', { auth_ref: 'file:../../evil', secret: 'x' }, 'AUTH_REF_INVALID', undefined],
  ['S01 an absolute path', { auth_ref: 'file:/tmp/evil', secret: 'x' }, 'AUTH_REF_INVALID', undefined],
  ['another provider', { auth_ref: 'env:HOME', secret: 'x' }, 'AUTH_REF_INVALID', 'auth_ref'],
  ['a blank reference', { auth_ref: ' ', secret: 'x' }, 'AUTH_REF_INVALID', 'auth_ref'],
  ['S07 a line break', { auth_ref: 'file:a', secret: 'abc\r\nX-Evil: 1' }, 'SECRET_INVALID', 'secret'],
  ['an unknown member', { auth_ref: 'file:a', secret: 'x', path: '/' }, 'REQUEST_INVALID', 'path'],
  ['no secret', { auth_ref: 'file:a' }, 'REQUEST_INVALID', 'secret'],
])('%s is rejected with 400 and its field, and nothing is stored', async (_, json, code, field) => {
  const { status, body } = await post(daemon, SECRETS, json);
  expect([status, body['code'], body['field']]).toEqual([400, code, field]);
  expect((await ask(daemon, SECRETS)).body).toEqual({ count: 0, items: [] });
});

test('S08 a secret of 900 KB is rejected with 413', async () => {
  const { status, body } = await post(daemon, SECRETS, { auth_ref: 'file:a', secret: CANARY.repeat(54_000) });
  expect([status, body['code']]).toEqual([413, 'PAYLOAD_TOO_LARGE']);
  expect(JSON.stringify(body)).not.toContain(CANARY);
});

test('S12 a caller without the grant is rejected', async () => {
  const { secrets } = daemon.runtime;
  const model: Caller = { ...embeddedCaller, door: 'mcp', grants: [grantOf('read', 'call', 'operate')] };
  const acts = [secrets.set(model, 'file:a', 'x'), secrets.remove(model, 'file:a')];
  for (const refused of [...acts, secrets.list(model), secrets.validate(model, 'file:a'), secrets.providers(model)]) {
    await expect(refused).rejects.toMatchObject({ code: 'GRANT_REQUIRED' });
  }
  const viewer: Caller = { ...model, grants: [grantOf('inspect')] };
  expect(await secrets.validate(viewer, 'file:a')).toMatchObject({ valid: false });
  await expect(secrets.set(viewer, 'file:a', 'x')).rejects.toMatchObject({ code: 'GRANT_REQUIRED' });
});

test('[http.auth.gate] without the switch, loopback stores and deletes no secret; a credential does', async () => {
  const OPERATOR = 'correct-horse-battery-staple';
  const act = async (
    options: Parameters<typeof startDaemon>[0],
    authorization?: string,
  ): Promise<readonly unknown[]> => {
    await using other = await startDaemon(options);
    const headers = authorization === undefined ? {} : { authorization };
    const body = { auth_ref: 'file:a', secret: 'x' };
    const stored = await ask(other, SECRETS, { method: 'POST', json: body, headers });
    const deleted = await ask(other, SECRETS, { method: 'DELETE', json: { auth_ref: 'file:a' }, headers });
    expect((await ask(other, SECRETS, { headers })).status).toBe(200);
    return [stored.status, deleted.status, stored.body['code']];
  };
  const refused = [403, 403, 'GRANT_REQUIRED'];
  const done = [200, 200, undefined];
  expect(await act({})).toEqual(refused);
  expect(await act({ mcpProvisioning: 'approve' })).toEqual(refused);
  expect(await act({ mcpProvisioning: true })).toEqual(done);
  expect(await act({ token: OPERATOR }, `Bearer ${OPERATOR}`)).toEqual(done);
  expect(await act({ isOfUser: (text) => text === 'clk_good' }, 'Bearer clk_good')).toEqual(done);
});

test('a credential of the command line is the operator at the API alone, and only without a token of the daemon', async () => {
  const isOfUser = (text: string): boolean => text === 'clk_good';
  await using open = await startDaemon({ isOfUser });
  const good = { authorization: 'Bearer clk_good' };
  expect((await ask(open, '/api/status', { headers: good })).status).toBe(200);
  expect((await ask(open, '/mcp', { method: 'POST', json: {}, headers: good })).body).toMatchObject({
    code: 'TOKEN_DOOR',
  });
  const bad = { authorization: 'Bearer clk_bad' };
  expect(await ask(open, '/api/status', { headers: bad })).toMatchObject({
    status: 401,
    body: { code: 'TOKEN_INVALID' },
  });
  await using closed = await startDaemon({ isOfUser, token: 'correct-horse-battery-staple' });
  expect((await ask(closed, '/api/status', { headers: good })).status).toBe(401);
});

test('GET /api/auth/validate without a reference, or with two, is rejected with its field', async () => {
  for (const query of ['', '?auth_ref=a&auth_ref=b']) {
    expect(await ask(daemon, VALIDATE + query)).toMatchObject({ status: 400, body: { field: 'auth_ref' } });
  }
});

test('S06 no route returns the value of a stored secret', async () => {
  await post(daemon, SECRETS, { auth_ref: 'file:a', secret: CANARY });
  await post(daemon, SECRETS, { auth_ref: 'file:../a', secret: CANARY });
  await post(daemon, SECRETS, { auth_ref: 'file:a', secret: `${CANARY}\n` });
  await post(daemon, SECRETS, { auth_ref: 'file:a', secret: { value: CANARY } });
  const paths = ['/api/status', '/api/services', '/api/audit', '/api/security/auth/providers', SECRETS];
  const answers = await Promise.all([...paths, `${VALIDATE}?auth_ref=file:a`].map((path) => ask(daemon, path)));
  const seen = JSON.stringify([answers, await daemon.audited(), daemon.log]);
  expect(seen).toContain('security.auth_secret_upserted');
  expect(seen).not.toContain(CANARY);
});
