import type { Leave } from '../../domain/calls/fair-queue.ts';
import type { Policy } from '../../domain/calls/policy.ts';
import type { PolicyRule } from '../../domain/calls/policy-verdict.ts';
import type { CallLoad } from '../../domain/calls/call-metrics.ts';
import { CallLane, type LaneEntry } from './call-lane.ts';

/** The places and rates of a service and of those of its tools that have their own. */
export class ServiceLanes {
  refused = 0;
  readonly #own = new CallLane({}, 0);
  readonly #tools = new Map<string, CallLane>();

  get load(): CallLoad {
    const lanes = [this.#own, ...this.#tools.values()];
    const waiting = lanes.reduce((sum, lane) => sum + lane.waiting, 0);
    return { inFlight: this.#own.inFlight, waiting, refused: this.refused };
  }

  change({ base, tools }: Policy, now: number): void {
    this.#own.change(base, now);
    for (const [tool, bounds] of tools) {
      const lane = this.#tools.get(tool);
      if (lane === undefined) this.#tools.set(tool, new CallLane(bounds, now));
      else lane.change(bounds, now);
    }
    for (const [tool, lane] of this.#tools) if (!tools.has(tool)) lane.change({}, now);
  }

  /** The place of a call, in the lane of its tool and in the one of the service; a rule when it gets none. */
  async enter(tool: string, entry: LaneEntry): Promise<Leave | PolicyRule> {
    const own = this.#tools.get(tool);
    const lanes = own === undefined ? [this.#own] : [own, this.#own];
    if (!lanes.every((lane) => lane.hasRate(entry.now))) return 'rate';
    for (const lane of lanes) lane.takeRate(entry.now);
    const left: Leave[] = [];
    const leave = (): void => {
      for (const each of left.splice(0).reverse()) each();
    };
    try {
      for (const lane of lanes) {
        const entered = await lane.enter(entry);
        if (typeof entered === 'string') {
          leave();
          return entered;
        }
        left.push(entered);
      }
      return leave;
    } catch (error) {
      leave();
      throw error;
    }
  }
}
