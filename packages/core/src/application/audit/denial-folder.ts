import { callerRecord } from '../../domain/access/caller.ts';
import { eventClassOf } from '../../domain/audit/event-class.ts';
import type { ObservedEvent } from '../../ports/inbound/audit-trail.ts';
import type { Clock } from '../../ports/index.ts';

const WINDOW_MS = 60_000;
/** Denials with different keys that are counted apart; all others share one key. */
const MAX_KEY_COUNT = 1_000;
const OTHERS = 'others';

interface Window {
  /** The last repeated denial. */
  last: ObservedEvent;
  count: number;
}

/**
 * Folds repeated denials and failed logins: the first of a kind, caller, service, tool and rule is written at once, and all
 * others within a minute become one event with their number in `data.count`.
 */
export class DenialFolder {
  readonly #clock: Clock;
  readonly #write: (event: ObservedEvent) => Promise<void>;
  readonly #windows = new Map<string, Window>();

  constructor(clock: Clock, write: (event: ObservedEvent) => Promise<void>) {
    this.#clock = clock;
    this.#write = write;
  }

  /** Returns true if the event is counted and must not be written. */
  folds(event: ObservedEvent): boolean {
    if (eventClassOf(event.kind) !== 'denials') return false;
    const own = keyOf(event);
    const key = this.#windows.has(own) || this.#windows.size < MAX_KEY_COUNT ? own : OTHERS;
    const window = this.#windows.get(key);
    if (window === undefined) {
      this.#open(key, event);
      return false;
    }
    window.count += 1;
    window.last = event;
    return true;
  }

  /** Writes the counts of all open minutes. */
  async flush(): Promise<void> {
    await Promise.all([...this.#windows].map(([key, window]) => this.#end(key, window)));
  }

  #open(key: string, event: ObservedEvent): void {
    const window = { last: event, count: 0 };
    this.#windows.set(key, window);
    void this.#clock.after(WINDOW_MS).then(() => this.#end(key, window));
  }

  async #end(key: string, window: Window): Promise<void> {
    if (this.#windows.get(key) !== window) return;
    this.#windows.delete(key);
    const { last, count } = window;
    if (count === 0) return;
    // This event is the one of the next minute.
    this.#open(key, last);
    const message = count === 1 ? last.message : `${last.message} (${String(count)} times in a minute)`;
    await this.#write({ ...last, message, data: { ...last.data, count } });
  }
}

function keyOf({ kind, caller, serviceId, data }: ObservedEvent): string {
  const { kind: who, id, door } = caller === undefined ? { kind: '', id: '', door: '' } : callerRecord(caller);
  return JSON.stringify([kind, who, id, door, serviceId, data?.['tool'], data?.['rule'], data?.['action']]);
}
