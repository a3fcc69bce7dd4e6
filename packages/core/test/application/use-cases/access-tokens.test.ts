import { expect, test } from '@jest/globals';
import { createRuntime, grantOf, type Caller, type Runtime, type TokenRequest } from '@clarity-runtime/core';
import { ManualClock, MemoryAccessTokenStore } from '@clarity-runtime/core/memory';
import { agent, operator } from '../../support/speak.ts';

const HOUR_MS = 60 * 60_000;
const DAY_MS = 24 * HOUR_MS;
const request = (name: string, more: Partial<TokenRequest> = {}): TokenRequest => ({
  name,
  grants: [grantOf('read', 'call')],
  ...more,
});

async function started(): Promise<{ runtime: Runtime; clock: ManualClock; store: MemoryAccessTokenStore }> {
  const [clock, store] = [new ManualClock(), new MemoryAccessTokenStore()];
  return { runtime: await createRuntime({ clock, accessTokens: store }), clock, store };
}

test('a created token identifies its holder, and only its digest is stored', async () => {
  const { runtime, store } = await started();
  const { token, record } = await runtime.tokens.create(operator, request('ci'));
  expect(record).toMatchObject({ name: 'ci', doors: ['mcp'], state: 'active', createdBy: 'loopback loopback' });
  expect(runtime.tokens.authenticate(token)).toMatchObject({
    principal: { kind: 'token', id: 'token:ci' },
    credential: { kind: 'token', id: record.id },
    grants: [grantOf('read', 'call')],
  });
  const stored = JSON.stringify((await store.list('default')).items);
  const events = JSON.stringify(await runtime.audit.recent(operator, { limit: 100 }));
  const shown = JSON.stringify(await runtime.tokens.list(operator));
  for (const text of [stored, events, shown]) {
    expect(text).toContain(record.id);
    expect(text).not.toContain(token.slice(13, 56));
  }
  expect(shown).not.toContain('sha256');
  await runtime.close();
});

test('a holder is the same object for every request, so that a decision is prepared once', async () => {
  const { runtime } = await started();
  const { token } = await runtime.tokens.create(operator, request('ci'));
  expect(runtime.tokens.authenticate(token)).toBe(runtime.tokens.authenticate(token));
  await runtime.close();
});

test('case 6: after a rotation both secrets are valid, and the former one until the overlap ends', async () => {
  const { runtime, clock } = await started();
  const first = await runtime.tokens.create(operator, request('ci'));
  const second = await runtime.tokens.rotate(operator, 'ci', HOUR_MS);
  expect(second.record.id).toBe(first.record.id);
  const valid = (token: string): boolean => runtime.tokens.authenticate(token) !== undefined;
  expect([valid(first.token), valid(second.token)]).toEqual([true, true]);
  clock.advance(HOUR_MS);
  expect([valid(first.token), valid(second.token)]).toEqual([false, true]);
  const third = await runtime.tokens.rotate(operator, 'ci', 0);
  expect([valid(second.token), valid(third.token)]).toEqual([false, true]);
  await runtime.close();
});

test('case 5: a revoked token is refused at once, ends its streams, and stays revoked', async () => {
  const { runtime } = await started();
  const { token } = await runtime.tokens.create(operator, request('ci'));
  const ended = runtime.tokens.authenticate(token)?.ended;
  expect(ended?.aborted).toBe(false);
  expect(await runtime.tokens.revoke(operator, 'ci')).toMatchObject({ state: 'revoked' });
  expect(ended?.aborted).toBe(true);
  expect(runtime.tokens.authenticate(token)).toBeUndefined();
  await expect(runtime.tokens.rotate(operator, 'ci')).rejects.toMatchObject({ code: 'TOKEN_NOT_FOUND' });
  await runtime.close();
});

test('an expired token is refused and its streams end; its name is free again', async () => {
  const { runtime, clock } = await started();
  const { token, record } = await runtime.tokens.create(operator, request('ci', { lifeMs: HOUR_MS }));
  const ended = runtime.tokens.authenticate(token)?.ended;
  await expect(runtime.tokens.create(operator, request('ci'))).rejects.toMatchObject({ code: 'TOKEN_NAME_TAKEN' });
  clock.advance(HOUR_MS);
  await new Promise((turn) => setImmediate(turn));
  expect(ended?.aborted).toBe(true);
  expect(runtime.tokens.authenticate(token)).toBeUndefined();
  const next = await runtime.tokens.create(operator, request('ci'));
  expect(next.record.id).not.toBe(record.id);
  expect(runtime.tokens.authenticate(token)).toBeUndefined();
  expect(runtime.tokens.authenticate(next.token)).toBeDefined();
  await runtime.close();
});

test('tokens expire after 90 days unless the request says otherwise', async () => {
  const { runtime, clock } = await started();
  const endOf = async (name: string, lifeMs?: number | null): Promise<number | undefined> => {
    const { record } = await runtime.tokens.create(operator, request(name, { lifeMs }));
    return record.expiresAt === undefined ? undefined : Date.parse(record.expiresAt) - clock.wall().getTime();
  };
  expect(await endOf('usual')).toBe(90 * DAY_MS);
  expect(await endOf('short', DAY_MS)).toBe(DAY_MS);
  expect(await endOf('endless', null)).toBeUndefined();
  await expect(endOf('long', 366 * DAY_MS)).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
  await runtime.close();
});

test('a use is shown, and writes nothing', async () => {
  const { runtime, clock, store } = await started();
  const { token } = await runtime.tokens.create(operator, request('ci'));
  const [before] = (await store.list('default')).items;
  clock.advance(5_000);
  for (let i = 0; i < 1_000; i += 1) runtime.tokens.authenticate(token);
  const [record] = await runtime.tokens.list(operator);
  expect(record?.lastUsedAt).toBe(clock.wall().toISOString());
  expect((await store.list('default')).items).toEqual([before]);
  await runtime.close();
});

test('tokens survive a restart of the runtime on the same store', async () => {
  const store = new MemoryAccessTokenStore();
  const shared = { accessTokens: Object.assign(store, { [Symbol.asyncDispose]: () => Promise.resolve() }) };
  const first = await createRuntime(shared);
  const { token } = await first.tokens.create(operator, request('ci'));
  await first.close();
  const second = await createRuntime(shared);
  expect(second.tokens.authenticate(token)).toMatchObject({ principal: { id: 'token:ci' } });
  await second.close();
});

test('only an operator with admin lists, creates, rotates and revokes tokens, at no door of models', async () => {
  const { runtime } = await started();
  await runtime.tokens.create(operator, request('ci'));
  const admin = grantOf('admin', 'read', 'call', 'operate', 'provision', 'secrets', 'approve');
  const callers: readonly Caller[] = [
    agent,
    { ...agent, grants: [admin] },
    { ...agent, door: 'stdio', grants: [admin] },
    { ...operator, grants: [{ ...admin, services: ['docs'] }] },
    { ...operator, grants: [grantOf('read', 'call', 'inspect', 'operate', 'provision', 'secrets', 'approve')] },
  ];
  for (const caller of callers)
    for (const act of [
      () => runtime.tokens.list(caller),
      () => runtime.tokens.create(caller, request('own')),
      () => runtime.tokens.rotate(caller, 'ci'),
      () => runtime.tokens.revoke(caller, 'ci'),
    ])
      await expect(act()).rejects.toMatchObject({ code: 'GRANT_REQUIRED' });
  await runtime.close();
});

test.each([
  ['a name', { name: 'No' }],
  ['grants', { grants: [] }],
  ['a verb', { grants: [{ ...grantOf(), verbs: ['fly' as 'read'] }] }],
  ['a service', { grants: [{ ...grantOf('read'), services: [] }] }],
  ['a pattern', { grants: [{ ...grantOf('read'), tools: ['a b'] }] }],
  ['a long pattern', { grants: [{ ...grantOf('read'), tools: ['a'.repeat(201)] }] }],
  ['65 patterns', { grants: [{ ...grantOf('read'), tools: Array.from({ length: 65 }, (_, i) => String(i)) }] }],
  ['a rate', { grants: [{ ...grantOf('read'), limits: { perMinute: 0 } }] }],
  ['an entry point', { doors: [] }],
])('a token without a valid value of %s is refused', async (_what, more) => {
  const { runtime } = await started();
  await expect(runtime.tokens.create(operator, request('ci', more))).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
  expect(await runtime.tokens.list(operator)).toEqual([]);
  await runtime.close();
});

test('T-465 a token of a workspace that is not trusted is not valid', async () => {
  const store = new MemoryAccessTokenStore();
  const shared = { accessTokens: Object.assign(store, { [Symbol.asyncDispose]: () => Promise.resolve() }) };
  const first = await createRuntime(shared);
  const { token } = await first.tokens.create(operator, request('ci'));
  await first.close();
  const trust = {
    state: { trusted: false as const, problems: [] },
    grant: () => Promise.resolve(),
    revoke: () => Promise.resolve(),
  };
  const second = await createRuntime({ ...shared, trust });
  expect(second.tokens.authenticate(token)).toBeUndefined();
  await second.close();
});

/** A store that the end of a runtime does not close. */
class LastingStore extends MemoryAccessTokenStore {
  override [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }
}

async function lasting(): Promise<{ runtime: Runtime; clock: ManualClock; store: MemoryAccessTokenStore }> {
  const [clock, store] = [new ManualClock(), new LastingStore()];
  return { runtime: await createRuntime({ clock, accessTokens: store }), clock, store };
}

const turns = async (): Promise<void> => {
  for (let at = 0; at < 20; at += 1) await new Promise((turn) => setImmediate(turn));
};

test('the last use of a token survives a restart, and constant use is stored at most every 10 minutes', async () => {
  const { runtime, clock, store } = await lasting();
  const { token } = await runtime.tokens.create(operator, request('ci'));
  runtime.tokens.authenticate(token);
  const writes = new Set<string>();
  for (let minute = 0; minute < 25; minute += 1) {
    clock.advance(60_000);
    await turns();
    runtime.tokens.authenticate(token);
    writes.add((await store.get('default', 'ci'))?.revision ?? '');
  }
  expect(writes.size).toBeLessThanOrEqual(4);
  const [before] = await runtime.tokens.list(operator);
  await runtime.close();
  const again = await createRuntime({ clock, accessTokens: store });
  const [after] = await again.tokens.list(operator);
  expect(Date.parse(before?.lastUsedAt ?? '') - Date.parse(after?.lastUsedAt ?? '')).toBeLessThanOrEqual(10 * 60_000);
  await again.close();
});

test('the end of a token is announced once, 14 days before it, also over a restart', async () => {
  const { runtime, clock, store } = await lasting();
  await runtime.tokens.create(operator, request('ci', { lifeMs: 20 * DAY_MS }));
  await runtime.tokens.create(operator, request('far'));
  const announced = async (of: Runtime): Promise<unknown[]> =>
    (await of.audit.page(operator, { limit: 99, kind: 'token.expiring' })).items.map(({ data }) => data?.['name']);
  clock.advance(5 * DAY_MS);
  await turns();
  expect(await announced(runtime)).toEqual([]);
  for (let hour = 0; hour < 30; hour += 1) {
    clock.advance(HOUR_MS);
    await turns();
  }
  expect(await announced(runtime)).toEqual(['ci']);
  await runtime.close();
  const again = await createRuntime({ clock, accessTokens: store });
  await turns();
  expect(await announced(again)).toEqual([]);
  await again.close();
});

test('a rotation begins the life of a token again, and streams of the token go on until its new end', async () => {
  const { runtime, clock } = await started();
  const { token, record } = await runtime.tokens.create(operator, request('ci', { lifeMs: 10 * DAY_MS }));
  const ended = runtime.tokens.authenticate(token)?.ended;
  clock.advance(4 * DAY_MS);
  const rotated = await runtime.tokens.rotate(operator, 'ci', 30 * DAY_MS);
  expect(Date.parse(rotated.record.expiresAt ?? '') - Date.parse(record.expiresAt ?? '')).toBe(4 * DAY_MS);
  clock.advance(7 * DAY_MS);
  await turns();
  expect(ended?.aborted).toBe(false);
  clock.advance(4 * DAY_MS);
  await turns();
  expect(ended?.aborted).toBe(true);
  await runtime.close();
});
