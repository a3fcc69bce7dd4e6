import { ClarityError, isClarityError } from '../../domain/errors/clarity-error.ts';
import type { ErrorCode } from '../../domain/errors/error-table.ts';
import type { CallLimits } from '../../domain/calls/call-limits.ts';
import { isCancelled } from '../../domain/calls/cancellation.ts';
import type { McpReply } from '../../domain/mcp/mcp.ts';
import type { ToolDefinition } from '../../domain/interfaces/interface-snapshot.ts';
import type { CallStage, Clock, Entropy, ToolCall } from '../../ports/index.ts';
import { randomFraction } from '../support/random.ts';

/** The part of the supervisor that restarts services. */
export interface Restarter {
  /** Returns true if the service is stopped and its automatic restart is pending. */
  isRecovering(serviceId: string): boolean;
  /** Returns true if a start is in progress, which has its own limits, or waits for its turn. */
  isStarting(serviceId: string): boolean;
  /** Starts a pending restart now and waits for it. Never rejects. */
  startNow(serviceId: string): Promise<void>;
}

export interface CallRecoveryDependencies {
  readonly restarter: Restarter;
  readonly clock: Clock;
  readonly entropy: Entropy;
  /** Milliseconds that calls wait for a service, counted from the first call that could not reach it. */
  readonly recoveryTimeoutMs: number;
  readonly toolOf: (serviceId: string, tool: string) => ToolDefinition | undefined;
}

const FIRST_WAIT_MS = 50;
const MAX_WAIT_MS = 1_000;
/** Largest total limit of a start. */
const MAX_START_MS = 10 * 60_000;
/** Milliseconds between two signs of life to a client whose call waits. */
const KEEP_ALIVE_MS = 5_000;

/** A request that waits for its service. */
export type WaitingRequest = Pick<ToolCall, 'service' | 'signal' | 'cancellation' | 'reportWaiting'>;

/** Errors of a connection that did not exist or that closed before the reply. */
const LOSS_CODES: ReadonlySet<ErrorCode> = new Set(['UPSTREAM_LOST', 'UPSTREAM_UNREACHABLE', 'SERVICE_LOST']);

/**
 * Stage `recover`: keeps a call while its service restarts.
 * A request that was not sent is sent when the service runs again. A request that was sent is repeated once if its tool
 * is repeatable. `limits.totalMs` includes the time of the recovery, and a service that restarts is idle. A start in progress
 * has its own limits, so a call waits for it as long as the limits of the call permit.
 */
export class CallRecovery implements CallStage {
  readonly name = 'recover';
  readonly #dependencies: CallRecoveryDependencies;
  /** Start of the unavailability of each service, in monotonic milliseconds. */
  readonly #lostSince = new Map<string, number>();

  constructor(dependencies: CallRecoveryDependencies) {
    this.#dependencies = dependencies;
  }

  async run<C extends ToolCall>(call: C, next: (call: C) => Promise<McpReply>): Promise<McpReply> {
    const { serviceId } = call.service;
    const { limits } = call;
    const waitLimitMs = shorter(limits.totalMs, limits.idleMs);
    const startedAt = this.#now();
    const wasSent = (): boolean => call.isSent;
    let isRepeated = false;
    for (let tries = 0; ; tries += 1) {
      if (tries > 0 || this.#dependencies.restarter.isRecovering(serviceId)) {
        await this.#awaitRestart(call, waitLimitMs, startedAt);
        const spentMs = Math.round(this.#now() - startedAt);
        if (limits.totalMs > 0) call.limits = { ...limits, totalMs: Math.max(1, limits.totalMs - spentMs) };
      }
      if (isCancelled(call)) throw new ClarityError('CALL_CANCELLED', '');
      call.isSent = false;
      try {
        const reply = await next(call);
        if (this.#lostSince.size > 0) this.#lostSince.delete(serviceId);
        return reply;
      } catch (error) {
        const mustNotRepeat = wasSent() && !this.#isRepeatable(call);
        if (isCancelled(call) || !this.#isLoss(serviceId, error)) throw mustNotRepeat ? finalError(error) : error;
        if (mustNotRepeat || (wasSent() && isRepeated)) throw mayHaveRun(error, mustNotRepeat);
        isRepeated ||= wasSent();
        const leftMs = this.#leftMs(serviceId, waitLimitMs, startedAt);
        if (leftMs <= 0) throw error;
        await this.#dependencies.clock.after(Math.min(leftMs, this.#backoffMs(tries)), call.signal);
      }
    }
  }

  /** Waits until the service of a request runs, at most `limits` from now. Never rejects. */
  async awaitStart(request: WaitingRequest, limits: CallLimits): Promise<void> {
    if (!this.#dependencies.restarter.isRecovering(request.service.serviceId)) return;
    await this.#awaitRestart(request, shorter(limits.totalMs, limits.idleMs), this.#now());
  }

  forget(serviceId: string): void {
    this.#lostSince.delete(serviceId);
  }

  /** Waits for a pending restart, at most `limitMs` from the start of the call; 0 means no limit. */
  async #awaitRestart(request: WaitingRequest, limitMs: number, startedAt: number): Promise<void> {
    const { restarter, clock } = this.#dependencies;
    const { signal, service } = request;
    const { serviceId } = service;
    for (let tries = 0; restarter.isRecovering(serviceId); tries += 1) {
      const leftMs = this.#leftMs(serviceId, limitMs, startedAt);
      if (leftMs <= 0) return;
      await this.#waitFor(request, restarter.startNow(serviceId), leftMs);
      if (signal.aborted) return;
      if (restarter.isRecovering(serviceId)) await clock.after(Math.min(leftMs, this.#backoffMs(tries)), signal);
    }
  }

  /** Waits for the end of `work`, at most `ms`, and sends signs of life to the client. */
  async #waitFor(request: WaitingRequest, work: Promise<void>, ms: number): Promise<void> {
    const { clock } = this.#dependencies;
    const over = new AbortController();
    const signal = AbortSignal.any([request.signal, over.signal]);
    const ended = work.then(() => true);
    for (let leftMs = ms; leftMs > 0 && !isCancelled(request); leftMs -= KEEP_ALIVE_MS) {
      const pause = clock.after(Math.min(leftMs, KEEP_ALIVE_MS), signal).then(() => false);
      if (await Promise.race([ended, pause])) break;
      if (!isCancelled(request)) request.reportWaiting?.();
    }
    over.abort();
  }

  #isLoss(serviceId: string, error: unknown): boolean {
    if (!isClarityError(error)) return false;
    if (LOSS_CODES.has(error.code)) return true;
    return error.code === 'SERVICE_STOPPED' && this.#dependencies.restarter.isRecovering(serviceId);
  }

  /** Returns true if the service declares the tool as read-only or idempotent. */
  #isRepeatable({ service, tool }: ToolCall): boolean {
    const definition = Object(this.#dependencies.toolOf(service.serviceId, tool)?.raw.value) as {
      readonly annotations?: unknown;
    };
    const { readOnlyHint, idempotentHint } = Object(definition.annotations) as Readonly<Record<string, unknown>>;
    return readOnlyHint === true || idempotentHint === true;
  }

  #leftMs(serviceId: string, limitMs: number, startedAt: number): number {
    const now = this.#now();
    const ownMs = startedAt + shorter(limitMs, MAX_START_MS) - now;
    // After a failed attempt the recovery time applies, so that calls to a service that is away do not wait for each start.
    if (this.#dependencies.restarter.isStarting(serviceId) && !this.#lostSince.has(serviceId)) return ownMs;
    const since = this.#lostSince.get(serviceId) ?? now;
    this.#lostSince.set(serviceId, since);
    const { recoveryTimeoutMs } = this.#dependencies;
    return Math.min(since + recoveryTimeoutMs - now, ownMs);
  }

  #backoffMs(tries: number): number {
    const full = Math.min(MAX_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(tries, 10));
    return Math.round(full * (0.5 + randomFraction(this.#dependencies.entropy) / 2));
  }

  #now(): number {
    return this.#dependencies.clock.monotonic();
  }
}

/** Returns the shorter of two limits, of which 0 means none. */
const shorter = (a: number, b: number): number => (a === 0 || b === 0 ? a + b : Math.min(a, b));

/** UPSTREAM_LOST has the hint that the call may have run. */
function mayHaveRun(error: unknown, mustNotRepeat: boolean): unknown {
  if (!isClarityError(error)) return error;
  const lost =
    error.code === 'UPSTREAM_LOST' ? error : new ClarityError('UPSTREAM_LOST', error.message, { cause: error });
  return mustNotRepeat ? finalError(lost) : lost;
}

/** A client that repeats a call which is not idempotent may run it twice. */
const finalError = (error: unknown): unknown =>
  isClarityError(error) && error.failure.retryable ? error.notRetryable() : error;
