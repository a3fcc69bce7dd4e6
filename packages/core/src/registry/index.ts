/** Compare-and-set table, change feed and writer: building blocks of a `RecordStore` adapter. */
export { ChangeFeed } from './change-feed.ts';
export { inMemory, type RecordBacking, type RecordEntry, type TenantRecord } from './record-backing.ts';
