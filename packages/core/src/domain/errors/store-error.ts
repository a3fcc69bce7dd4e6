/**
 * `conflict`: not applied, another write was first. `unavailable`: not applied. `indeterminate`: applied, not applied or
 * applied later. `fenced`: the lease has another holder. `aborted`: by the caller, before the request was sent.
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

/** The only error that a store adapter throws deliberately. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly kind: StoreErrorKind;
  /** Of a `conflict`: the stored revision, or `absent`. */
  readonly current: string | undefined;
  readonly [BRAND] = true;

  constructor(kind: StoreErrorKind, message: string, options: { current?: string; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.kind = kind;
    this.current = options.current;
  }
}

/** Tests the brand, not the class, because a process can contain two copies of this package. */
export const isStoreError = (error: unknown): error is StoreError =>
  typeof error === 'object' && error !== null && BRAND in error;
