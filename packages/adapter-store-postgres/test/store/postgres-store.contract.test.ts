import { describe, expect, test } from '@jest/globals';
import { ManualClock, MemoryTelemetry } from '@clarity-runtime/core/memory';
import type { RecordStore } from '@clarity-runtime/core/ports';
import {
  accessTokenStoreContract,
  approvalStoreContract,
  artifactStoreContract,
  auditStoreContract,
  claimStoreContract,
  interfaceStoreContract,
  leasesContract,
  limiterContract,
  loginStoreContract,
  policyRegistryContract,
  profileStoreContract,
  secretStoreContract,
  serviceRegistryContract,
  withFaults,
  type RecordStoreSetup,
} from '@clarity-runtime/core/testing';
import type { DatabaseStores } from '../../src/store/postgres-store.ts';
import { missingServer } from '../../../../test/support/postgres-server.ts';
import { testStores, type TestDatabase } from '../support/test-store.ts';

const missing = missingServer();
const suite = missing === undefined ? describe : describe.skip;

suite(missing === undefined ? 'stores in PostgreSQL' : `stores in PostgreSQL (skipped: ${missing})`, () => {
  const stores = testStores();
  const kit = { describe, test, expect };

  const records =
    <T>(pick: (store: DatabaseStores) => RecordStore<T>, wrap = (store: RecordStore<T>) => store) =>
    async (): Promise<RecordStoreSetup<T>> => {
      const database = await stores.fresh();
      const open = (): Promise<RecordStore<T>> => Promise.resolve(wrap(pick(database.handle())));
      const { leases } = database.handle();
      return { open, second: open, leases, stall: () => lockRecords(database) };
    };
  serviceRegistryContract(
    kit,
    'PostgreSQL',
    records(({ registry }) => registry),
  );
  serviceRegistryContract(
    kit,
    'PostgreSQL, with late answers',
    records(
      ({ registry }) => registry,
      (store) => withFaults(store, () => 'delay'),
    ),
  );
  claimStoreContract(
    kit,
    'PostgreSQL',
    records(({ claims }) => claims),
  );
  policyRegistryContract(
    kit,
    'PostgreSQL',
    records(({ policies }) => policies),
  );
  accessTokenStoreContract(
    kit,
    'PostgreSQL',
    records(({ accessTokens }) => accessTokens),
  );
  profileStoreContract(
    kit,
    'PostgreSQL',
    records(({ profiles }) => profiles),
  );
  approvalStoreContract(
    kit,
    'PostgreSQL',
    records(({ approvals }) => approvals),
  );
  loginStoreContract(
    kit,
    'PostgreSQL',
    records(({ logins }) => logins),
  );

  secretStoreContract(kit, 'PostgreSQL', async () => (await stores.fresh()).handle().secretStore);
  interfaceStoreContract(kit, 'PostgreSQL', async () => (await stores.fresh()).handle().interfaces);
  artifactStoreContract(kit, 'PostgreSQL', async () => (await stores.fresh()).handle().artifacts);

  leasesContract(kit, 'PostgreSQL', async () => {
    const database = await stores.fresh(new ManualClock());
    const open = () => Promise.resolve(database.handle().leases);
    const isGreater = (fence: string, than: string): boolean => BigInt(fence) > BigInt(than);
    return { open, second: open, pass: database.pass, isGreater, durable: true };
  });
  limiterContract(kit, 'PostgreSQL', async () => {
    const database = await stores.fresh(new ManualClock());
    const { limiter } = database.handle();
    return { limiter, second: () => Promise.resolve(database.handle().limiter), pass: database.pass };
  });

  auditStoreContract(kit, 'PostgreSQL', async () => {
    const database = await stores.fresh();
    const store = database.handle().auditStore;
    const sender = database.handle().auditStore;
    const journal = new MemoryTelemetry();
    let last: Promise<unknown> = Promise.resolve();
    return {
      store,
      // A journal has one sender, which keeps the order of its events.
      write: (drafts) => {
        const written = last.then(async () => {
          const events = await journal.append('default', drafts);
          await sender.append('default', events);
          return events;
        });
        last = written.catch(() => undefined);
        return written;
      },
      second: () => Promise.resolve(database.handle().auditStore),
      damage: () => damage(database),
    };
  });
});

/** Locks the records, so that writes wait. The returned function ends the lock, and waits for the writes that waited. */
async function lockRecords({ query, schema, handle }: TestDatabase): Promise<() => Promise<void>> {
  await query('begin');
  await query(`lock table ${schema}.record in access exclusive mode`);
  return async () => {
    await query('rollback');
    const running = `select 1 from pg_stat_activity where state = 'active' and pid <> pg_backend_pid() and query like $1`;
    while ((await query(running, [`%${schema}.put%`])).length > 0) await new Promise((turn) => setImmediate(turn));
    const { registry } = handle();
    const isUp = (): Promise<boolean> => registry.list('default').then(Boolean, () => false);
    while (!(await isUp())) await new Promise((turn) => setImmediate(turn));
  };
}

async function damage({ query, schema }: TestDatabase): Promise<void> {
  await query(`update ${schema}.event set body = replace(body, '"message":"b"', '"message":"x"')`);
}
