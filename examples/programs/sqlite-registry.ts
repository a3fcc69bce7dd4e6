import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRuntime, embeddedCaller, remote, StoreError, type ServiceRecord } from '@clarity-runtime/core';
import { MemoryServiceRegistry } from '@clarity-runtime/core/memory';
import { inMemory, type RecordBacking, type TenantRecord } from '@clarity-runtime/core/registry';
import { report } from './greeting.ts';

/** The part of `node:sqlite` that the registry uses. Node has it from 22.13 without a flag, and Deno. */
interface Database {
  exec(sql: string): void;
  prepare(sql: string): { all(): unknown[]; run(...values: (string | number)[]): unknown };
  close(): void;
}
type Sqlite = { readonly DatabaseSync: new (path: string) => Database };

/** Stores the records of a registry in one table. Each batch of changes is one transaction. */
function sqliteBacking(database: Database): RecordBacking<ServiceRecord> {
  database.exec(
    'CREATE TABLE IF NOT EXISTS services (tenant TEXT, id TEXT, item TEXT, PRIMARY KEY (tenant, id)) STRICT',
  );
  database.exec('CREATE TABLE IF NOT EXISTS changes (count INTEGER) STRICT');
  const rows = database.prepare('SELECT item FROM services').all() as { readonly item: string }[];
  const counts = database.prepare('SELECT coalesce(sum(count), 0) AS count FROM changes').all();
  const put = database.prepare('INSERT OR REPLACE INTO services VALUES (?, ?, ?)');
  const remove = database.prepare('DELETE FROM services WHERE tenant = ? AND id = ?');
  const count = database.prepare('INSERT INTO changes VALUES (?)');
  return {
    ...inMemory<ServiceRecord>(),
    capabilities: { ...inMemory<ServiceRecord>().capabilities, durable: 'power' },
    initial: {
      changes: (counts as { readonly count: number }[])[0]?.count ?? 0,
      records: rows.map(({ item }) => JSON.parse(item) as TenantRecord<ServiceRecord>),
    },
    append: (entries) => {
      try {
        database.exec('BEGIN IMMEDIATE');
        for (const { tenant, id, value, revision, writtenAt, op } of entries) {
          if (value === undefined) remove.run(tenant, id);
          else put.run(tenant, id, JSON.stringify({ tenant, id, value, revision, writtenAt, op }));
        }
        count.run(entries.length);
        database.exec('COMMIT');
        return Promise.resolve();
      } catch (cause) {
        return Promise.reject(new StoreError('indeterminate', 'the transaction may have been lost', { cause }));
      }
    },
    close: () => {
      database.close();
      return Promise.resolve();
    },
  };
}

/** A service that one runtime registers is there for the next one, from the file of the database. */
async function main(): Promise<object> {
  const builtIn = (process as { getBuiltinModule?: (name: string) => unknown }).getBuiltinModule?.('node:sqlite');
  if (builtIn === undefined) return { skipped: 'this engine has no node:sqlite' };
  const { DatabaseSync } = builtIn as Sqlite;
  const folder = mkdtempSync(join(tmpdir(), 'sqlite-registry-'));
  const open = (): MemoryServiceRegistry =>
    new MemoryServiceRegistry(sqliteBacking(new DatabaseSync(join(folder, 'services.db'))));
  const unused = {
    origin: 'remote_mcp',
    admit: () => Promise.resolve(undefined),
    connect: () => Promise.reject(new Error('unused')),
  };
  try {
    const first = await createRuntime({ registry: open(), connectors: [unused] });
    await first.services.apply(embeddedCaller, remote('https://far.example/mcp', { module: 'far', autostart: false }));
    await first.close();
    await using second = await createRuntime({ registry: open(), connectors: [unused] });
    return { services: second.services.list(embeddedCaller).map(({ service }) => service.namespace) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

report(main());
