import { ClarityError, isClarityError } from '../../domain/errors/clarity-error.ts';
import type { ErrorCode } from '../../domain/errors/error-table.ts';
import type { Clock, Entropy } from '../../ports/index.ts';
import { randomFraction } from '../support/random.ts';

/** What the recovery needs of whoever runs the services. */
export interface Restarter {
  /** It does not run, and will without anybody asking. */
  isRecovering(serviceId: string): boolean;
  /** Starts now what would be started in a while, waits for what is under way; it never rejects. */
  startNow(serviceId: string): Promise<void>;
}

export interface RetryableCall {
  readonly serviceId: string;
  /** Milliseconds that the call has altogether; 0 when nobody has said. */
  readonly totalMs: number;
  readonly signal: AbortSignal;
  /** Asked when it was sent and its reply was lost: whether it may be carried out twice. */
  isRepeatable(): boolean;
}

/** One attempt, and what it may still take. */
export interface Attempt {
  readonly totalMs: number;
  onSent(): void;
}

export interface CallRecoveryDependencies {
  readonly reviver: Restarter;
  readonly clock: Clock;
  readonly entropy: Entropy;
  /** Milliseconds that calls are held while a service cannot be reached, counted from the first that met it. */
  readonly recoveryTimeoutMs: number;
}

const FIRST_WAIT_MS = 50;
const MAX_WAIT_MS = 1_000;

/** The connection was not there, or went away with the reply. */
const losses: ReadonlySet<ErrorCode> = new Set(['UPSTREAM_LOST', 'UPSTREAM_UNREACHABLE', 'SERVICE_LOST']);

/**
 * Keeps a call while its service comes back. What was not sent is sent when the service is there; what was sent is sent once
 * more if it may be carried out twice. A service that stays away is asked once per call, and nobody is held for it.
 */
export class CallRecovery {
  readonly #parts: CallRecoveryDependencies;
  /** Since when services have been away, in monotonic milliseconds. */
  readonly #away = new Map<string, number>();

  constructor(parts: CallRecoveryDependencies) {
    this.#parts = parts;
  }

  async run<T>(call: RetryableCall, send: (attempt: Attempt) => Promise<T>): Promise<T> {
    const { serviceId, signal } = call;
    const isGone = (): boolean => signal.aborted;
    const began = this.#now();
    let isReplayed = false;
    for (let tries = 0; ; tries += 1) {
      const sending = { isSent: false };
      const isHeld = tries > 0 || this.#parts.reviver.isRecovering(serviceId);
      if (isHeld) await this.#comeBack(call, began);
      if (isGone()) throw new ClarityError('CALL_CANCELLED', '');
      const spent = isHeld ? Math.round(this.#now() - began) : 0;
      const totalMs = call.totalMs === 0 ? 0 : Math.max(1, call.totalMs - spent);
      try {
        const onSent = (): void => {
          sending.isSent = true;
        };
        const result = await send({ totalMs, onSent });
        this.#away.delete(serviceId);
        return result;
      } catch (error) {
        if (isGone() || !this.#isLoss(serviceId, error)) throw error;
        if (sending.isSent && (isReplayed || !call.isRepeatable())) throw mayHaveRun(error);
        isReplayed ||= sending.isSent;
        const left = this.#left(call, began);
        if (left <= 0) throw error;
        await this.#parts.clock.after(Math.min(left, this.#wait(tries)), signal);
      }
    }
  }

  /** It is gone. */
  forget(serviceId: string): void {
    this.#away.delete(serviceId);
  }

  /** Waits for a service that is on its way, as long as the call may be held. */
  async #comeBack(call: RetryableCall, began: number): Promise<void> {
    const { reviver, clock } = this.#parts;
    const { serviceId, signal } = call;
    for (let tries = 0; reviver.isRecovering(serviceId); tries += 1) {
      const left = this.#left(call, began);
      if (left <= 0) return;
      const waited = new AbortController();
      const patience = clock.after(left, AbortSignal.any([signal, waited.signal]));
      await Promise.race([reviver.startNow(serviceId), patience]);
      waited.abort();
      if (signal.aborted) return;
      if (reviver.isRecovering(serviceId)) await clock.after(Math.min(left, this.#wait(tries)), signal);
    }
  }

  #isLoss(serviceId: string, error: unknown): boolean {
    if (!isClarityError(error)) return false;
    if (losses.has(error.code)) return true;
    return error.code === 'SERVICE_STOPPED' && this.#parts.reviver.isRecovering(serviceId);
  }

  #left({ serviceId, totalMs }: RetryableCall, began: number): number {
    const now = this.#now();
    const since = this.#away.get(serviceId) ?? now;
    this.#away.set(serviceId, since);
    const { recoveryTimeoutMs } = this.#parts;
    return Math.min(since + recoveryTimeoutMs, totalMs === 0 ? Infinity : began + totalMs) - now;
  }

  #wait(tries: number): number {
    const full = Math.min(MAX_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(tries, 10));
    return Math.round(full * (0.5 + randomFraction(this.#parts.entropy) / 2));
  }

  #now(): number {
    return this.#parts.clock.monotonic();
  }
}

/** The table's own advice for it says that the call may have been carried out. */
function mayHaveRun(error: unknown): unknown {
  if (!isClarityError(error) || error.code === 'UPSTREAM_LOST') return error;
  return new ClarityError('UPSTREAM_LOST', error.message, { cause: error });
}
