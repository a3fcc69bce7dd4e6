import type { CallOptions, TenantId } from './store.ts';

/** Tokens per minute, and the number of tokens that may be taken at once (`perMinute` if absent). */
export interface RateRule {
  readonly perMinute: number;
  readonly burst?: number;
}

/** A request for tokens of a bucket. */
export interface RateRequest {
  /** Name of the bucket. All handles of a shared limiter use the same one. */
  readonly key: string;
  /** Number of tokens, a whole number of at least 1. More than the burst are never granted. */
  readonly count: number;
  readonly rule: RateRule;
}

/** Answer to a `RateRequest`. */
export type RateAnswer =
  | { readonly granted: true }
  /** Milliseconds until the tokens can be there; Infinity if they never are. */
  | { readonly granted: false; readonly retryAfterMs: number };

/** A request for one of `max` slots. */
export interface SlotRequest {
  readonly key: string;
  readonly max: number;
  /** Milliseconds, by the clock of the limiter, after which the slot is free without a renewal. */
  readonly ttlMs: number;
}

/** A slot of this process. */
export interface Slot {
  readonly entered: true;
  /** Extends the slot by its duration. Rejects with `fenced` when it has expired or was released. */
  renew(): Promise<void>;
  /** May be called twice. */
  release(): Promise<void>;
}

/** All slots are in use. */
export interface SlotsFull {
  readonly entered: false;
  readonly inUse: number;
}

/**
 * Rates and concurrency by key. In a shared limiter all processes have one budget. Calls do not wait for it: the limit stage
 * decides from memory, and the runtime takes blocks of tokens and slots in the background. Disposing frees all slots of the
 * handle. Every failure is a `StoreError`; after `dispose` it is `closed`.
 */
export interface Limiter extends AsyncDisposable {
  readonly capabilities: { readonly shared: boolean };
  take(tenant: TenantId, request: RateRequest, options?: CallOptions): Promise<RateAnswer>;
  enter(tenant: TenantId, request: SlotRequest, options?: CallOptions): Promise<Slot | SlotsFull>;
}
