/**
 * `conflict`: not applied, somebody else was first. `unavailable`: certainly not applied. `indeterminate`: may or may not
 * have been applied, or may yet be. `fenced`: the holder no longer owns it. `aborted`: by the caller, before it was sent.
 */
export type StoreErrorKind =
  | 'conflict'
  | 'unavailable'
  | 'indeterminate'
  | 'fenced'
  | 'invalid'
  | 'too_large'
  | 'forbidden'
  | 'exhausted'
  | 'corrupt'
  | 'closed'
  | 'aborted';

const BRAND = Symbol.for('clarity.store-error');

/** What a store adapter throws, and the only thing that it throws on purpose. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly kind: StoreErrorKind;
  /** With `conflict`: the revision that stands in the store, or `absent`. */
  readonly current: string | undefined;
  readonly [BRAND] = true;

  constructor(kind: StoreErrorKind, message: string, options: { current?: string; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.kind = kind;
    this.current = options.current;
  }
}

/** By brand, so that two copies of this package in one process understand each other. */
export const isStoreError = (error: unknown): error is StoreError =>
  typeof error === 'object' && error !== null && BRAND in error;
