import { codeOf } from './store-failure.ts';

/** `transient`: a shortage that passes. `lasting`: a condition of the disk or of the folder that an operator changes. */
export type FailureClass = 'transient' | 'lasting';

const TRANSIENT = new Set([
  'EMFILE',
  'ENFILE',
  'ENOMEM',
  'EAGAIN',
  'EINTR',
  'EBUSY',
  'ENOSPC',
  'EDQUOT',
  'EFBIG',
  'ETXTBSY',
  'ETIMEDOUT',
]);

/**
 * Returns the class of a failed operation of the file system. Every store uses it; no class is final.
 * `EIO` is transient the first time. `EROFS`, `EACCES`, `EPERM`, `ENOTDIR`, `ENOENT` and unknown codes are lasting.
 */
export function failureClass(error: unknown, isRepeated = false): FailureClass {
  const code = codeOf(error) ?? codeOf(error instanceof Error ? error.cause : undefined) ?? '';
  return TRANSIENT.has(code) || (code === 'EIO' && !isRepeated) ? 'transient' : 'lasting';
}

const FIRST_DELAY_MS = 50;
/** Below 5 s with the time of the attempt. */
const MAX_DELAY_MS = 4_500;
const PROBE_INTERVAL_MS = 30_000;
/** Duration of a lasting failure after which the probes are rarer. */
const PROBES_AFTER_MS = 20 * 60_000;

/**
 * The times at which a store tries again: after 50 ms, doubled up to 4.5 s. After 20 minutes of a lasting failure, every
 * 30 s. A store never gives up.
 */
export class RetrySchedule {
  #failingSince: number | undefined;
  #lastAttemptMs = 0;
  #delayMs = 0;

  get isFailing(): boolean {
    return this.#failingSince !== undefined;
  }

  /** Delay from the last attempt to the next one, in milliseconds. */
  get delayMs(): number {
    return this.#delayMs;
  }

  /** True if an attempt that a caller waits for may start: at least 50 ms after the last one. */
  allows(nowMs: number): boolean {
    return !this.isFailing || nowMs - this.#lastAttemptMs >= FIRST_DELAY_MS;
  }

  /** Notes a failed attempt. */
  failed(error: unknown, nowMs: number): void {
    const kind = failureClass(error, this.isFailing);
    this.#failingSince ??= nowMs;
    this.#lastAttemptMs = nowMs;
    const isRare = kind === 'lasting' && nowMs - this.#failingSince >= PROBES_AFTER_MS;
    this.#delayMs = isRare
      ? PROBE_INTERVAL_MS
      : Math.min(MAX_DELAY_MS, this.#delayMs === 0 ? FIRST_DELAY_MS : this.#delayMs * 2);
  }

  succeeded(): void {
    this.#failingSince = undefined;
    this.#delayMs = 0;
  }
}

/** A full disk does not become free within milliseconds. */
const DISK_FULL = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/** Number of attempts of `retryTransient`: the last one starts 350 ms after the first failure. */
const MAX_ATTEMPT_COUNT = 4;

/** Repeats work that has failed for a transient reason other than a full disk, after 50, 100 and 200 ms. @throws the last error of `work`. */
export async function retryTransient<T>(work: () => Promise<T>, after: (ms: number) => Promise<void>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      const isFinal = attempt === MAX_ATTEMPT_COUNT || DISK_FULL.has(codeOf(error) ?? '');
      if (isFinal || failureClass(error, attempt > 1) !== 'transient') throw error;
      await after(FIRST_DELAY_MS * 2 ** (attempt - 1));
    }
  }
}
