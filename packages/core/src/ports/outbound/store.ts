import type { Caller } from '../../domain/access/caller.ts';
import type { AuditEventDraft } from '../../domain/audit/audit-event.ts';

/** Tenant of stored records: `[a-z0-9][a-z0-9_-]{0,62}`. `default` always exists. Stores reject another text as `invalid`. */
export type TenantId = string;

/** Opaque: compare for equality only. Every accepted write creates a new one, which is never reused. */
export type Revision = string & { readonly __revision?: never };

/** Opaque: pass it back, never parse or compare it. */
export type Cursor = string & { readonly __cursor?: never };

/** Opaque: changes with the holder of a lease. Only stores compare fences. */
export type Fence = string & { readonly __fence?: never };

/** The revision that the writer expects. `any` is for import and repair only. */
export type Expect = Revision | 'absent' | 'any';

/** Options of every operation of a store. */
export interface CallOptions {
  readonly signal?: AbortSignal;
  /**
   * Milliseconds until the operation fails with `unavailable`, or with `indeterminate` when a write may have reached the store.
   * Absent: the limit of the adapter. Adapters over a network have one of at most 1,500; those in memory and on files have none, and
   * read from memory, so that only their writes can reach a given one.
   */
  readonly deadlineMs?: number;
}

/** `fresh`: reads the store, not a local copy of it. */
export interface ReadOptions extends CallOptions {
  readonly fresh?: boolean;
}

/**
 * Context of a write. `op` is unique per intended change: repeating it with the same content is a success without an effect,
 * not a conflict, within `dedupeWindowMs`.
 */
export interface WriteContext extends CallOptions {
  readonly caller: Caller;
  readonly op: string;
  /** A store with leases rejects the write as `fenced` if the lease has another holder since. */
  readonly fence?: { readonly lease: string; readonly value: Fence };
  /** The audit event of the change, stored together with it. Its id in the audit is derived from `op`. */
  readonly event?: AuditEventDraft;
}

/** A stored value with its revision. */
export interface Versioned<T> {
  readonly value: T;
  readonly revision: Revision;
  /** ISO 8601, by the store's clock. */
  readonly writtenAt: string;
  readonly op: string;
}

/** First the items of the snapshot, then `synced`, then changes. After `reset` the reader lists again. */
export type Change<T> =
  | { readonly type: 'put'; readonly item: Versioned<T>; readonly cursor: Cursor }
  | { readonly type: 'remove'; readonly id: string; readonly cursor: Cursor }
  | { readonly type: 'synced'; readonly cursor: Cursor }
  | { readonly type: 'reset'; readonly reason: string };

/** Facts about a store. Contract suites read them. */
export interface StoreCapabilities {
  /** Several processes use the same records. */
  readonly shared: boolean;
  /** Writes survive a power cut, the end of the process, or neither. */
  readonly durable: 'power' | 'process' | 'memory';
  readonly watch: 'push' | 'hint' | 'poll';
  readonly maxValueBytes: number;
  /** Milliseconds for which a repeated `op` is recognized after the record has changed again. */
  readonly dedupeWindowMs: number | 'forever';
  /** `atomic`: record and event are one write. `repaired`: the record carries the event, and a repair appends it later. */
  readonly writeWithEvent: 'atomic' | 'repaired';
}

/** Health of a store. Reading it does no I/O. */
export interface StoreHealth {
  readonly state: 'up' | 'degraded' | 'down';
  /** ISO 8601 time of the last change of `state`. */
  readonly since?: string;
  readonly reason?: string;
  /** Milliseconds by which a local copy may be behind the store. */
  readonly lagMs?: number;
}

/** All records of a tenant, ordered by id, and the cursor from which `watch` continues. */
export interface RecordPage<T> {
  readonly items: readonly Versioned<T>[];
  readonly cursor: Cursor;
}

/** A stored record that this version cannot use. It is kept as it is. */
export interface UnsupportedRecord {
  /** File or table with the record. */
  readonly file: string;
  /** Printable name of the record. */
  readonly name: string;
  readonly reason: string;
  /** The remedy, as an imperative. */
  readonly fix: string;
}

/**
 * Stores records with compare-and-set. Returned values are copies. `put` and `remove` reject with `conflict`, which has the
 * stored revision, if that is not `expect`, and resolve with the durability of `capabilities.durable`. Removing an absent
 * record succeeds with `any` and `absent`, and when `op` has removed it. Tenants share nothing. Every failure is a
 * `StoreError`; after `dispose` it is `closed`, and every watch ends.
 */
export interface RecordStore<T> extends AsyncDisposable {
  readonly capabilities: StoreCapabilities;
  readonly health: StoreHealth;
  /** Records that the store keeps and cannot use, for example of a later version; absent or empty without any. */
  readonly unsupported?: readonly UnsupportedRecord[];
  list(tenant: TenantId, options?: CallOptions): Promise<RecordPage<T>>;
  get(tenant: TenantId, id: string, options?: ReadOptions): Promise<Versioned<T> | undefined>;
  put(tenant: TenantId, value: T, expect: Expect, context: WriteContext): Promise<Versioned<T>>;
  remove(tenant: TenantId, id: string, expect: Expect, context: WriteContext): Promise<void>;
  /** `*` watches all tenants. */
  watch(tenant: TenantId, from: Cursor | 'snapshot', signal: AbortSignal): AsyncIterable<Change<T>>;
}
