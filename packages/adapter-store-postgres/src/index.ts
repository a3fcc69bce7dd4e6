export { storeAddress, type StoreAddress, type StoreAddressOptions } from './database/store-url.ts';
export type { RecordStores } from './records/record-kinds.ts';
export { inspectDatabase, type DatabaseFacts } from './schema/inspect.ts';
export type { Migration } from './schema/migrations.ts';
export { upgradeSchema, type SchemaUpgrade, type UpgradeOptions } from './schema/upgrade.ts';
export {
  openPostgresStore,
  type DatabaseStores,
  type PostgresStore,
  type PostgresStoreOptions,
} from './store/postgres-store.ts';
