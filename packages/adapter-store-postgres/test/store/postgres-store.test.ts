import { afterEach, describe, expect, test } from '@jest/globals';
import { embeddedCaller, isStoreError, Secret } from '@clarity-runtime/core';
import { samplePolicy, sampleWrite } from '@clarity-runtime/core/testing';
import { MemoryLoginSealer } from '@clarity-runtime/core/memory';
import { openPostgresStore, storeAddress, upgradeSchema, type PostgresStore } from '../../src/index.ts';
import { missingServer } from '../../../../test/support/postgres-server.ts';
import { tcpProxy, type TcpProxy } from '../../../../test/support/tcp-proxy.ts';
import { testStores, type TestDatabase } from '../support/test-store.ts';

const missing = missingServer({ own: true });
const suite = missing === undefined ? describe : describe.skip;
const kindOf = async (work: Promise<unknown>): Promise<string> => {
  try {
    await work;
    return 'ok';
  } catch (error) {
    return isStoreError(error) ? (error as { kind: string }).kind : String(error);
  }
};

suite(missing === undefined ? 'a store in PostgreSQL' : `a store in PostgreSQL (skipped: ${missing})`, () => {
  const stores = testStores({ own: true });
  const proxies: TcpProxy[] = [];
  const opened: PostgresStore[] = [];
  afterEach(async () => {
    for (const store of opened.splice(0)) await store[Symbol.asyncDispose]();
    for (const proxy of proxies.splice(0)) await proxy.close();
  });
  const behindProxy = async (database: TestDatabase) => {
    const proxy = await tcpProxy(stores.server().port);
    proxies.push(proxy);
    const address = storeAddress(database.url.replace(String(stores.server().port), String(proxy.port)));
    const store = await openPostgresStore({ address, sealer: new MemoryLoginSealer() });
    opened.push(store);
    return { proxy, store };
  };
  const put = (store: PostgresStore, name: string, write = sampleWrite(), note = '') =>
    store.policies.put('default', samplePolicy(name, note), 'absent', write);

  test('P10 T-580 a write whose answer is lost is indeterminate, and its repetition has one effect', async () => {
    const { proxy, store } = await behindProxy(await stores.fresh());
    await put(store, 'first');
    proxy.mode = 'mute';
    const write = sampleWrite();
    expect(await kindOf(put(store, 'a', write))).toBe('indeterminate');
    proxy.mode = 'open';
    proxy.reset();
    const again = await eventually(() => put(store, 'a', write));
    expect((await store.policies.list('default')).items.filter(({ op }) => op === write.op)).toEqual([again]);
  });

  test('P12 without an answer requests end within their deadline, then at once, and go on when the server is back', async () => {
    const { proxy, store } = await behindProxy(await stores.fresh());
    await put(store, 'first');
    proxy.mode = 'hang';
    expect(await kindOf(store.policies.list('default', { deadlineMs: 100 }))).toBe('unavailable');
    expect([store.health.state, typeof store.health.reason]).toEqual(['down', 'string']);
    // No time passes: nothing is sent.
    expect(await kindOf(store.policies.list('default', { deadlineMs: 600_000 }))).toBe('unavailable');
    proxy.mode = 'open';
    proxy.reset();
    await eventually(() => put(store, 'second'));
    expect(store.health.state).toBe('up');
  });

  test('an aborted write that was sent is indeterminate, and an aborted read is aborted', async () => {
    const { proxy, store } = await behindProxy(await stores.fresh());
    await put(store, 'first');
    proxy.mode = 'mute';
    for (const [work, kind] of [
      [(signal: AbortSignal) => put(store, 'a', { ...sampleWrite(), signal, deadlineMs: 600_000 }), 'indeterminate'],
      [(signal: AbortSignal) => store.policies.list('default', { signal, deadlineMs: 600_000 }), 'aborted'],
    ] as const) {
      const end = new AbortController();
      const outcome = kindOf(work(end.signal));
      setImmediate(() => {
        setImmediate(() => {
          end.abort();
        });
      });
      expect([kind, 'aborted']).toContain(await outcome);
    }
    expect(store.health.state).toBe('up');
  });

  test('T5 a server that crashes loses no acknowledged write, and its revisions and fences go on', async () => {
    const database = await stores.fresh();
    const store = await database.open();
    const first = await put(store, 'a');
    const lease = await store.leases.acquire('default', 'own/a', { ttlMs: 60_000 });
    await stores.server().crash();
    await kindOf(put(store, 'lost'));
    await stores.server().start();
    const found = await eventually(async () => store.policies.get('default', 'a'));
    expect(found).toEqual(first);
    const second = await put(store, 'b');
    expect(second.revision).not.toBe(first.revision);
    if (lease.held) await lease.release();
    const later = await store.leases.acquire('default', 'own/a', { ttlMs: 60_000 });
    if (!lease.held || !later.held) throw new Error('not held');
    expect(BigInt(later.fence)).toBeGreaterThan(BigInt(lease.fence));
  });

  test('T3 a watch survives a crash of the server and misses no change', async () => {
    const database = await stores.fresh();
    const store = await database.open();
    const end = new AbortController();
    const names: string[] = [];
    const watching = (async () => {
      for await (const change of store.policies.watch('default', 'snapshot', end.signal)) {
        if (change.type === 'put') names.push(change.item.value.metadata.name);
        if (names.includes('after')) end.abort();
      }
    })();
    await put(store, 'before');
    await stores.server().crash();
    await stores.server().start();
    await eventually(() => put(store, 'after'));
    await watching;
    expect(new Set(names)).toEqual(new Set(['before', 'after']));
  });

  test('T-581 the server hides the rows of other tenants and refuses to write them', async () => {
    const { query, schema, open } = await stores.fresh();
    const store = await open();
    await put(store, 'mine');
    await store.policies.put('acme', samplePolicy('theirs'), 'absent', sampleWrite());
    const asTenant = async (tenant: string, text: string) => {
      await query('begin');
      try {
        await query('set local role clarity_app');
        await query(`select set_config('clarity.tenant', $1, true)`, [tenant]);
        return await query(text);
      } finally {
        await query('rollback');
      }
    };
    const all = `select id from ${schema}.record order by id`;
    expect(await asTenant('default', all)).toEqual([{ id: 'mine' }]);
    expect(await asTenant('acme', all)).toEqual([{ id: 'theirs' }]);
    expect(await asTenant('', all)).toEqual([]);
    const foreign = `insert into ${schema}.document values ('acme', 'x', 'y')`;
    await expect(asTenant('default', foreign)).rejects.toThrow('row-level security');
    await expect(asTenant('default', `create table ${schema}.other (a int)`)).rejects.toThrow('permission denied');
  });

  test('T-582 a value of a secret is encrypted, and opens only with its name and destinations', async () => {
    const { query, schema, open } = await stores.fresh();
    const { secretStore } = await open();
    const write = { caller: embeddedCaller, op: 'op' };
    const secret = { secret: new Secret('Canary-91c7'), hosts: ['api.example'], services: [] };
    await secretStore.write('default', 'api', secret, write);
    const [row] = await query(`select body from ${schema}.record`);
    expect(String(row?.['body'])).not.toContain('Canary');
    await query(`update ${schema}.record set body = replace(body, 'api.example', 'evil.example')`);
    await query(`update ${schema}.feed set rev = rev + 1`);
    await query(`update ${schema}.record set rev = rev + 1`);
    await expect(
      eventuallyNot(async () => (await secretStore.read('default', 'api'))?.hosts[0], 'api.example'),
    ).rejects.toThrow('no key of this daemon opens');
  });

  test('the event of a change whose daemon ended is appended once, also by two daemons', async () => {
    const { query, schema, open, pass } = await stores.fresh();
    const [one, two] = [await open(), await open()];
    const event = { at: '2026-01-01T00:00:00.000Z', kind: 'policy.applied', level: 'info', message: 'stored' } as const;
    await put(one, 'a', { ...sampleWrite('op-1'), event });
    await put(one, 'b', { ...sampleWrite('op-2'), event });
    const sent = { ...event, seq: 1, id: 'journal/1/1', op: 'op-2' };
    await one.auditStore.append('default', [sent]);
    await pass(61_000);
    await Promise.all([one.repair(), two.repair()]);
    const events = (await one.auditStore.read('default', { limit: 9 })).events.map((stored) => stored.event);
    expect(events.map(({ op }) => op)).toEqual(['op-2', 'op-1']);
    await one.auditStore.append('default', [{ ...event, seq: 1, id: 'late/1/1', op: 'op-1' }]);
    expect((await one.auditStore.verify('default')).records).toBe(2);
    expect(await query(`select count(*)::int as open from ${schema}.operation where event is not null`)).toEqual([
      { open: 0 },
    ]);
  });

  test('old operations, removals and events are swept; the audit still verifies and its readers know', async () => {
    const { open, pass, query, schema } = await stores.fresh();
    const store = await open();
    const { revision } = await put(store, 'a');
    await store.policies.remove('default', 'a', revision, sampleWrite());
    const { cursor } = await store.policies.list('default');
    const event = { at: '2026-01-01T00:00:00.000Z', kind: 'a.done', level: 'info', message: 'm', seq: 1 } as const;
    await store.auditStore.append('default', [
      { ...event, id: 'j/1/1' },
      { ...event, id: 'j/1/2' },
    ]);
    const before = await store.auditStore.verify('default');
    await pass(91 * 24 * 60 * 60_000);
    await store.auditStore.append('default', [{ ...event, id: 'j/1/3' }]);
    await store.sweep();
    expect(
      await query(
        `select (select count(*) from ${schema}.record)::int r, (select count(*) from ${schema}.operation)::int o`,
      ),
    ).toEqual([{ r: 0, o: 0 }]);
    const verdict = await store.auditStore.verify('default', { expect: before.head });
    expect([verdict.records, verdict.dropped, verdict.expected, verdict.fault]).toEqual([1, 2, true, undefined]);
    expect((await store.auditStore.read('default', { limit: 9 }, 'j/1/1')).missed).toBeGreaterThan(0);
    // A removal after the cursor is forgotten only when the cursor is older.
    const changes = store.policies.watch('default', cursor, new AbortController().signal);
    for await (const { type } of changes) {
      expect(type).toBe('synced');
      break;
    }
  });

  test('an upgrade is repeatable; a schema of a later version is refused; without a schema a start says what to run', async () => {
    const url = await stores.server().database();
    const address = storeAddress(url);
    await expect(openPostgresStore({ address, sealer: new MemoryLoginSealer() })).rejects.toThrow(
      'clarityctl store upgrade',
    );
    const dry = await upgradeSchema({ address, dryRun: true });
    expect([dry.from, dry.steps.length > 0]).toEqual([0, true]);
    const both = await Promise.all([upgradeSchema({ address }), upgradeSchema({ address })]);
    expect(both.map(({ steps }) => steps.length).sort()).toEqual([0, dry.steps.length]);
    const database = await stores.fresh();
    await database.query(`update ${database.schema}.meta set version = version + 9000`);
    await expect(upgradeSchema({ address: storeAddress(database.url) })).rejects.toThrow('install the later version');
    await database.query(`update ${database.schema}.meta set version = version - 9000`);
  });
});

/** Tries again until the store answers. */
async function eventually<T>(work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!isStoreError(error) || !['unavailable', 'indeterminate'].includes((error as { kind: string }).kind))
        throw error;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }
}

/** Reads until the value differs. */
async function eventuallyNot<T>(work: () => Promise<T>, value: T): Promise<T> {
  for (;;) {
    const found = await work();
    if (found !== value) return found;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
