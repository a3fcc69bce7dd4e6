import { randomBytes } from 'node:crypto';
import { systemClock } from '@clarity-runtime/core';
import type {
  ArtifactStore,
  AuditStore,
  Clock,
  InterfaceStore,
  Leases,
  Limiter,
  LoginSealer,
  SecretStore,
  StoreHealth,
} from '@clarity-runtime/core/ports';
import { PgAuditStore } from '../audit/audit-store.ts';
import { Database } from '../database/database.ts';
import type { StoreAddress } from '../database/store-url.ts';
import { PgArtifactStore, PgInterfaceStore } from '../documents/documents.ts';
import { recordStores, type RecordStores } from '../records/record-kinds.ts';
import { PgSecretStore } from '../records/secret-store.ts';
import { inspectDatabase, type DatabaseFacts } from '../schema/inspect.ts';
import { PgLeases } from '../sharing/leases.ts';
import { PgLimiter } from '../sharing/limiter.ts';
import { StoreUpkeep } from './store-upkeep.ts';

/** Options of `openPostgresStore`. */
export interface PostgresStoreOptions {
  readonly address: StoreAddress;
  /** Encrypts secrets with a key that is not in the database. */
  readonly sealer: LoginSealer;
  readonly clock?: Clock;
  /** Number of connections; 8 when absent. */
  readonly poolSize?: number;
  /** Name of this process as a holder of leases, unique for each start; random when absent. */
  readonly holder?: string;
  /** Days that audit events are kept; 90 when absent. */
  readonly auditDays?: number;
}

/** The stores of one database. */
export interface DatabaseStores extends RecordStores, AsyncDisposable {
  readonly secretStore: SecretStore;
  readonly interfaces: InterfaceStore;
  readonly artifacts: ArtifactStore;
  readonly auditStore: AuditStore;
  readonly leases: Leases;
  readonly limiter: Limiter;
}

/** All stores over one database. Disposing ends the connections. */
export interface PostgresStore extends DatabaseStores {
  /** Name of this process as a holder of leases. */
  readonly holder: string;
  /** No I/O. */
  readonly health: StoreHealth;
  /** Reasons why acknowledged writes can be lost. */
  readonly warnings: readonly string[];
  readonly serverVersion: string;
  /** Appends the events of changes whose daemon ended before it sent them. Runs by itself. @throws StoreError */
  repair(): Promise<number>;
  /** Forgets old operations, removals and audit events. Runs by itself. @throws StoreError */
  sweep(): Promise<void>;
}

const DEFAULT_AUDIT_DAYS = 90;

/** Opens the stores. @throws StoreError as `inspectDatabase`. */
export async function openPostgresStore(options: PostgresStoreOptions): Promise<PostgresStore> {
  const { address, sealer, clock = systemClock, poolSize, auditDays = DEFAULT_AUDIT_DAYS } = options;
  const holder = options.holder ?? randomBytes(8).toString('hex');
  const { role, durable, warnings, serverVersion } = await inspectDatabase(address);
  const database = new Database({ address, clock, role, ...(poolSize === undefined ? {} : { poolSize }) });
  const stores = storesOver({ database, durable, sealer, holder });
  const upkeep = new StoreUpkeep({ database, auditStore: stores.auditStore, auditDays });
  return {
    ...stores,
    holder,
    warnings,
    serverVersion,
    repair: () => upkeep.repair(),
    sweep: () => upkeep.sweep(),
    get health() {
      return database.health;
    },
    [Symbol.asyncDispose]: async () => {
      for (const part of [upkeep, stores, database]) await part[Symbol.asyncDispose]();
    },
  };
}

/** Dependencies of `storesOver`. */
export interface StoresOverOptions extends Required<Pick<PostgresStoreOptions, 'sealer' | 'holder'>> {
  readonly database: Database;
  readonly durable: DatabaseFacts['durable'];
}

/** Returns the stores of a database. Disposing them leaves the database open. */
export function storesOver({ database, durable, sealer, holder }: StoresOverOptions): DatabaseStores {
  const records = recordStores({ database, durable });
  const secretStore = new PgSecretStore({ database, durable, sealer });
  const auditStore = new PgAuditStore({ database, durable });
  const leases = new PgLeases({ database, holder });
  const limiter = new PgLimiter({ database });
  const opened: readonly AsyncDisposable[] = Object.values<AsyncDisposable>({ ...records });
  const parts = [...opened, secretStore, auditStore, limiter, leases];
  return {
    ...records,
    secretStore,
    interfaces: new PgInterfaceStore({ database }),
    artifacts: new PgArtifactStore({ database }),
    auditStore,
    leases,
    limiter,
    [Symbol.asyncDispose]: async () => {
      for (const part of parts) await part[Symbol.asyncDispose]();
    },
  };
}
