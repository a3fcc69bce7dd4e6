import { ClarityError, isClarityError } from '../../domain/errors/clarity-error.ts';
import type { CallLimits } from '../../domain/calls/call-limits.ts';
import { silentRequest } from '../../domain/mcp/silent-request.ts';
import type { Clock, Connection, Entropy } from '../../ports/index.ts';
import { randomFraction } from '../support/random.ts';
import { withDeadline, Slots } from '../support/async.ts';
import type { SupervisionOptions } from './supervision-options.ts';

/** Receives the outcome of a probe; without an error the service has responded. */
export type ProbeReport = (error?: unknown) => void;

export interface ProbeOptions {
  /** Returns the final limits of a request to the service. */
  readonly resolveLimits: (requested: CallLimits) => CallLimits;
  readonly report: ProbeReport;
}

const MAX_REPLY_BYTES = 256 * 1024;
/** Doublings of the interval between two probes: with the default, from 30 seconds to 32 minutes. */
const MAX_DOUBLINGS = 6;

/** Probes running services at random intervals (75 to 125 percent of the setting) with limited concurrency. */
export class HealthProbe {
  readonly #clock: Clock;
  readonly #entropy: Entropy;
  readonly #limits: SupervisionOptions;
  readonly #slots: Slots;

  constructor(clock: Clock, entropy: Entropy, limits: SupervisionOptions) {
    this.#clock = clock;
    this.#entropy = entropy;
    this.#limits = limits;
    this.#slots = new Slots(limits.probesAtOnce);
  }

  /** Probes the connection until `ended` aborts, then resolves. */
  async watch(connection: Connection, ended: AbortSignal, { resolveLimits, report }: ProbeOptions): Promise<void> {
    const { probeIntervalMs } = this.#limits;
    if (probeIntervalMs === 0) return;
    let rejections = 0;
    const counted: ProbeReport = (error) => {
      const isRejected = isClarityError(error) && error.code === 'UPSTREAM_UNAUTHORIZED';
      rejections = isRejected ? rejections + 1 : 0;
      report(error);
    };
    for (;;) {
      // A rejected credential is rejected again the next time, so the interval grows.
      const ms = probeIntervalMs * 2 ** Math.min(rejections, MAX_DOUBLINGS);
      await this.#clock.after(ms * (0.75 + randomFraction(this.#entropy) / 2), ended);
      if (ended.aborted) return;
      await this.#slots.run(async () => {
        if (!ended.aborted) await this.#probe(connection, ended, { resolveLimits, report: counted });
      });
    }
  }

  async #probe(connection: Connection, ended: AbortSignal, { resolveLimits, report }: ProbeOptions): Promise<void> {
    const { probeTimeoutMs: ms } = this.#limits;
    // An error response to the method also proves that the service is alive.
    const request = { method: connection.era === 'modern' ? 'server/discover' : 'ping', params: new Map() };
    const limits = resolveLimits({ idleMs: 0, totalMs: ms, maxReplyBytes: MAX_REPLY_BYTES });
    const late = (): Error => new ClarityError('SERVICE_UNRESPONSIVE', `no response within ${String(ms)} ms`);
    try {
      await withDeadline({ clock: this.#clock, ms, late }, (signal) =>
        connection.request(request, silentRequest(AbortSignal.any([signal, ended]), limits)),
      );
      report();
    } catch (error) {
      if (!ended.aborted) report(error);
    }
  }
}
