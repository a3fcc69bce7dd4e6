import {
  afterStart,
  recentFailures,
  restartDecision,
  type LossCause,
  type ServiceFailure,
  type StartReason,
} from '../../domain/services/restart-policy.ts';
import { systemCaller, type Caller } from '../../domain/access/caller.ts';
import { loginRequired, needsLogin } from '../../domain/login/login-failure.ts';
import { healthAfter } from '../../domain/services/health.ts';
import { toLogLine } from '../../domain/text/safe-text.ts';
import type { RestartPolicy } from '../../domain/services/manifest.ts';
import {
  afterProvoked,
  crashClass,
  endsCancelNotices,
  failureClass,
  isOutside,
  type ServiceFailureClass,
} from '../../domain/services/failure-class.ts';
import { originKind, originKinds, type OriginKind } from '../../domain/services/origin-kinds.ts';
import { faultOf, reasonOf } from '../../domain/errors/clarity-error.ts';
import { RestartTimer } from './restart-timer.ts';
import type { ServiceState } from './service-state.ts';

/** Tries with a transient cause before a child process is started less often, and repeated ones are not recorded. */
const FAST_TRIES = 10;

interface FailedStart {
  readonly error: unknown;
  readonly durationMs: number;
}

/** Applies the restart policy after a failure: restart, quarantine or nothing. */
export class RestartController {
  readonly #state: ServiceState;
  readonly #timer: RestartTimer;
  readonly #due: (signal: AbortSignal) => void;
  #failures: readonly ServiceFailure[] = [];
  /** Class of the latest failure, and the number of failures in a row that are not counted by the policy. */
  #class: ServiceFailureClass = 'counted';
  #tries = 0;
  /** Times of the crashes of the last hour that followed a cancellation. */
  #provoked: readonly number[] = [];
  /** The process that was lost belongs to another daemon, so that the restart policy of the service has no part in it. */
  #isElsewhere = false;

  /** Calls `due` when a start is due; its signal aborts when the start is cancelled. */
  constructor(state: ServiceState, due: (signal: AbortSignal) => void) {
    const { clock, entropy, supervision } = state.dependencies;
    this.#state = state;
    this.#timer = new RestartTimer(clock, entropy, supervision);
    this.#due = due;
  }

  get isPending(): boolean {
    return this.#timer.isSet;
  }

  /** An automatic start is pending, and the cause of the failure is outside of the service. */
  get isWaitingForOthers(): boolean {
    return this.#timer.isSet && isOutside(this.#class);
  }

  /** Begins the back-off again, because the machine has another network or was asleep. Returns whether the service still waits. */
  beginAgain(): boolean {
    if (this.isWaitingForOthers) this.#tries = 0;
    return this.isWaitingForOthers;
  }

  cancel(): void {
    this.#timer.cancel();
    this.#state.apply({ type: 'retry-ended' });
  }

  /** Records and counts a failed start, then applies the restart policy. */
  async startFailed(caller: Caller, cause: StartReason, failed: FailedStart): Promise<void> {
    const { error, durationMs } = failed;
    const reason = toLogLine(reasonOf(error));
    const isRepeated = this.#tries >= FAST_TRIES && reason === this.#state.status.lastError;
    if (needsLogin(error)) {
      await this.#waitForLogin(error);
      return;
    }
    const health = healthAfter(error) ?? 'DEGRADED';
    this.#state.apply({ type: 'start-failed', reason, ...faultOf(error), health });
    this.#state.changed();
    this.#class = failureClass(error, this.#kind?.isRemote === true);
    if (this.#class === 'counted') this.#countFailure('start');
    else this.#tries += 1;
    if (!isRepeated) await this.#recordFailedStart(caller, reason, durationMs);
    await this.applyPolicy(cause);
  }

  /** The login of a stopped service has ended. */
  loginNeeded(reason: string): Promise<void> {
    const { id, dependencies } = this.#state;
    return this.#waitForLogin(loginRequired(dependencies.find(id)?.namespace ?? id, reason));
  }

  /** Nothing is tried again: a person has to log in. */
  async #waitForLogin(error: unknown): Promise<void> {
    const reason = toLogLine(reasonOf(error));
    this.#state.apply({ type: 'login-needed', reason, ...faultOf(error) });
    this.#state.changed();
    this.#tries = 0;
    await this.#state.record(systemCaller, { kind: 'login.required', level: 'warn', message: reason });
  }

  async #recordFailedStart(caller: Caller, reason: string, durationMs: number): Promise<void> {
    const warning = { kind: 'service.start_warning', level: 'warn', message: `Start warning: ${reason}` } as const;
    await this.#state.record(caller, { ...warning, data: { error: reason } });
    const message = `Service start failed: ${reason}`;
    await this.#state.record(caller, {
      kind: 'service.start_failed',
      level: 'error',
      message,
      data: { reason, durationMs },
    });
  }

  /** Records the loss of a running service, and counts it by its class. */
  crashed(why: string, cause?: LossCause): void {
    const reason = toLogLine(why);
    this.#state.apply({ type: 'lost', reason });
    this.#class = crashClass(this.#kind?.isRemote === true, cause);
    this.#isElsewhere = cause === 'elsewhere';
    if (this.#class === 'counted') this.#countFailure('crash');
    else this.#tries += 1;
    this.#state.changed();
    const message = `Service lost: ${reason}`;
    if (this.#isElsewhere) this.#state.dependencies.audit.log(this.#state.id, message);
    else this.#state.note({ kind: 'service.crashed', level: 'error', message, data: { reason } });
    if (this.#class === 'provoked') this.#countProvoked();
  }

  /** Ends the notices of cancellations when the service has not survived a few of them. */
  #countProvoked(): void {
    const { id, dependencies } = this.#state;
    this.#provoked = afterProvoked(this.#provoked, dependencies.clock.monotonic());
    if (endsCancelNotices(this.#provoked)) void dependencies.endCancelNotices(id);
  }

  started(): void {
    this.#tries = 0;
    this.#isElsewhere = false;
    this.#failures = afterStart(this.#failures);
  }

  forget(): void {
    this.#tries = 0;
    this.#failures = [];
  }

  /** Applies the decision of the restart policy for the latest failure. */
  async applyPolicy(cause: StartReason): Promise<void> {
    const policy = this.#policy();
    if (policy === undefined || this.#state.dependencies.closing.aborted || this.#class === 'credential') return;
    if (this.#class !== 'counted') {
      const mayRestart = policy.mode !== 'never' && policy.maxRestarts > 0;
      if (!mayRestart && !this.#isElsewhere) return;
      if (this.#class === 'permanent') await this.quarantine(this.#state.status.lastError ?? 'unknown');
      else await this.#scheduleRestart();
      return;
    }
    const decision = restartDecision(this.#failures, policy, cause);
    if (decision === 'hold') await this.#quarantineByPolicy(policy);
    if (decision === 'retry') await this.#scheduleRestart();
  }

  /** Puts the service in quarantine, regardless of the restart policy. */
  async quarantine(reason: string, data: Readonly<Record<string, unknown>> = {}): Promise<void> {
    const { id, dependencies } = this.#state;
    this.#state.apply({ type: 'held', reason });
    this.#state.changed();
    const message = 'Service quarantined after repeated failures';
    dependencies.audit.log(id, message);
    await dependencies.holds.hold(
      id,
      { reason, at: dependencies.clock.wall().toISOString() },
      {
        kind: 'service.quarantined',
        level: 'error',
        message,
        serviceId: id,
        caller: systemCaller,
        data: { reason, ...data },
      },
    );
  }

  #countFailure(kind: ServiceFailure['kind']): void {
    const at = this.#state.dependencies.clock.monotonic();
    const policy = this.#policy();
    const recent = policy === undefined ? [] : recentFailures(this.#failures, policy, at);
    this.#failures = [...recent, { kind, at }];
  }

  async #quarantineByPolicy({ windowSeconds }: RestartPolicy): Promise<void> {
    const { status } = this.#state;
    const count = this.#failures.length === 1 ? '1 failure' : `${String(this.#failures.length)} failures`;
    await this.quarantine(`${count} within ${String(windowSeconds)} s, the last one: ${status.lastError ?? 'unknown'}`);
  }

  async #scheduleRestart(): Promise<void> {
    const isCounted = this.#class === 'counted';
    const attempt = isCounted ? this.#failures.length : this.#tries;
    const isExpensive = this.#kind?.runsCommand === true && this.#tries > FAST_TRIES;
    const isSlow = this.#class === 'doubtful' || (this.#class === 'transient' && isExpensive);
    const delayMs = this.#timer.set(attempt, this.#due, isSlow);
    const due = new Date(this.#state.dependencies.clock.wall().getTime() + delayMs);
    this.#state.apply({ type: 'retry-set', due: due.toISOString() });
    const message = `Restart in ${String(delayMs)} ms`;
    const entry = { kind: 'service.restart_scheduled', level: 'warn', message, data: { attempt, delayMs } } as const;
    if (isCounted || this.#tries <= FAST_TRIES) await this.#state.record(systemCaller, entry);
  }

  get #kind(): OriginKind | undefined {
    const { connectors, find } = this.#state.dependencies;
    const origin = find(this.#state.id)?.manifest.spec.origin;
    return origin === undefined ? undefined : originKind(origin.type, originKinds(connectors.values()));
  }

  #policy(): RestartPolicy | undefined {
    return this.#state.dependencies.find(this.#state.id)?.manifest.spec.restartPolicy;
  }
}
