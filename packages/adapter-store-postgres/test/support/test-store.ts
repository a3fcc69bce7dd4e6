import { afterAll, afterEach, beforeAll } from '@jest/globals';
import { MemoryLoginSealer, ManualClock } from '@clarity-runtime/core/memory';
import { systemClock } from '@clarity-runtime/core';
import type { Clock } from '@clarity-runtime/core/ports';
import pg from 'pg';
import { Database } from '../../src/database/database.ts';
import { openPostgresStore, storeAddress, upgradeSchema, type PostgresStore } from '../../src/index.ts';
import { storesOver, type DatabaseStores } from '../../src/store/postgres-store.ts';
import { startPostgres, type PostgresServer } from '../../../../test/support/postgres-server.ts';

/** The stores of one suite: one server, one database for each setup. */
export interface TestStores {
  readonly server: () => PostgresServer;
  /** Creates a database with the schema. Returns a function that opens it: each call is another handle. */
  fresh(clock?: Clock): Promise<TestDatabase>;
}

export interface TestDatabase {
  readonly url: string;
  readonly schema: string;
  /** Opens the stores as a process does, with connections of their own. */
  readonly open: () => Promise<PostgresStore>;
  /** Opens the stores over connections that the suite shares. */
  readonly handle: () => DatabaseStores;
  readonly query: (text: string, values?: readonly unknown[]) => Promise<readonly Readonly<Record<string, unknown>>[]>;
  /** Lets the clock of the database pass, and that of `clock`. */
  readonly pass: (ms: number) => Promise<void>;
}

/** Starts the server before the suite and stops it afterwards. Handles are closed after each test. */
export function testStores({ own = false } = {}): TestStores {
  let server: PostgresServer | undefined;
  const opened: AsyncDisposable[] = [];
  const databases = new Map<string, Database>();
  let client: pg.Client | undefined;
  let url: string | undefined;
  // Schemas are emptied and used again, because making one takes longer than most tests. A suite with a server of its own
  // loses answers: the server may carry out a write after its test, so that each of its tests has a new schema.
  const free: string[] = [];
  const used: string[] = [];
  let madeCount = 0;
  const get = (): PostgresServer => {
    if (server === undefined) throw new Error('the server is not started');
    return server;
  };
  const connect = async (): Promise<pg.Client> => {
    url ??= await get().database();
    if (client !== undefined) return client;
    const fresh = new pg.Client(url);
    fresh.on('error', () => {
      client = undefined;
    });
    await fresh.connect();
    client = fresh;
    return fresh;
  };
  beforeAll(async () => {
    server = await startPostgres({ own });
  });
  afterEach(async () => {
    for (const store of opened.splice(0)) await store[Symbol.asyncDispose]();
    for (const schema of used.splice(0)) {
      if (own) continue;
      await (await connect()).query(emptied(schema));
      free.push(schema);
    }
  });
  afterAll(async () => {
    for (const database of databases.values()) await database[Symbol.asyncDispose]();
    await client?.end().catch(() => undefined);
    await server?.stop();
  });
  const takeSchema = async (): Promise<string> => {
    const known = free.pop();
    if (known !== undefined) return known;
    madeCount += 1;
    const schema = `s${String(madeCount)}`;
    await upgradeSchema({ address: storeAddress(`${url ?? ''}?schema=${schema}`) });
    return schema;
  };
  let handles = 0;
  return {
    server: get,
    fresh: async (clock = systemClock) => {
      await connect();
      const schema = await takeSchema();
      used.push(schema);
      const own = `${url ?? ''}?schema=${schema}`;
      const address = storeAddress(own);
      const sealer = new MemoryLoginSealer();
      const query: TestDatabase['query'] = async (text, values = []) =>
        (await (await connect()).query<Readonly<Record<string, unknown>>>(text, [...values])).rows;
      let passed = 0;
      return {
        url: own,
        schema,
        open: async () => {
          const store = await openPostgresStore({ address, sealer, clock });
          opened.push(store);
          return store;
        },
        handle: () => {
          const key = clock === systemClock ? schema : `${schema} ${String((handles += 1))}`;
          const database = databases.get(key) ?? new Database({ address, clock, role: 'clarity_app' });
          databases.set(key, database);
          const stores = storesOver({ database, sealer, durable: 'process', holder: `h${String((handles += 1))}` });
          opened.push(stores);
          return stores;
        },
        query,
        pass: async (ms) => {
          passed += ms;
          await query(
            `create or replace function ${schema}.now() returns timestamptz language sql volatile as $$ select clock_timestamp() + interval '${String(passed)} milliseconds' $$`,
          );
          if (clock instanceof ManualClock) clock.advance(ms);
          // The waits that are due run before the test goes on.
          await new Promise((resolve) => setImmediate(resolve));
        },
      };
    },
  };
}

const TABLES = 'record operation feed event shipped chain lease bucket slot document artifact'.split(' ');

/** Deletes all rows of a schema; its clock is that of the server again. */
const emptied = (schema: string): string =>
  [
    ...TABLES.map((table) => `delete from ${schema}.${table}`),
    `create or replace function ${schema}.now() returns timestamptz language sql volatile as $$ select clock_timestamp() $$`,
  ].join(';');
