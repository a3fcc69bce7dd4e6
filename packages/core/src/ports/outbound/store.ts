import type { Caller } from '../../domain/access/caller.ts';

/** Tenant of stored records. */
export type TenantId = 'default';

/** Opaque: compare for equality only. Every accepted write creates a new one, which is never reused. */
export type Revision = string & { readonly __revision?: never };

/** Opaque: pass it back, never parse or compare it. */
export type Cursor = string & { readonly __cursor?: never };

/** The revision that the writer expects. `any` is for import and repair only. */
export type Expect = Revision | 'absent' | 'any';

/** `op` is unique per intended change: repeating it with the same content is a success, not a conflict. */
export interface WriteContext {
  readonly caller: Caller;
  readonly op: string;
  readonly signal?: AbortSignal;
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

/** `durable`: writes survive a power cut, the end of the process, or neither. Contract suites read it. */
export interface StoreCapabilities {
  readonly durable: 'power' | 'process' | 'memory';
  readonly watch: 'push' | 'hint' | 'poll';
  readonly maxValueBytes: number;
}
