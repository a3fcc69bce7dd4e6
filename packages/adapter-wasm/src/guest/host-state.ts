import type { GuestMemory } from './guest-memory.ts';
import { GuestLists } from './guest-lists.ts';
import { GuestTexts } from './guest-strings.ts';
import { GuestLog } from './guest-log.ts';
import { HostBudget } from './host-budget.ts';
import { MapTable } from './map-table.ts';
import type { Assertion } from './assertion.ts';

export interface HostLimits {
  /** Maximum bytes of texts, map entries and copies that the host processes for one call. */
  readonly maxHostBytes: number;
  /** Maximum bytes that maps and texts of one call occupy in the heap of its thread at once. */
  readonly maxHeldBytes: number;
  /** Maximum number of log lines. Further lines are counted and dropped. */
  readonly maxLogLines: number;
}

/** `maxHeldBytes` is half of the heap of a worker thread, because a table that grows exists twice for a moment. */
export const DEFAULT_HOST_LIMITS: HostLimits = {
  maxHostBytes: 268_435_456,
  maxHeldBytes: 104_857_600,
  maxLogLines: 10_000,
};

export interface HostOptions {
  /** Receives one line of at most 4 KiB of UTF-8, without hidden characters. */
  log(line: string): void;
  /** Milliseconds since the epoch. */
  now(): number;
  /** Returns a random number of at least 0 and less than 1. */
  random(): number;
  /** Blocks the thread. Default: `Atomics.wait`. */
  readonly pause?: (milliseconds: number) => void;
  readonly limits: HostLimits;
  /** Receives the assertions of tests. Modules that assert are rejected without it. */
  readonly assertion?: (assertion: Assertion) => void;
}

/** The state of the host for one instance. `reset` restores the initial state, also after a call that failed. */
export class GuestContext {
  readonly memory: GuestMemory;
  readonly options: HostOptions;
  readonly budget: HostBudget;
  readonly texts: GuestTexts;
  readonly lists: GuestLists;
  readonly maps: MapTable;
  readonly log: GuestLog;
  #deadlineAt = Infinity;

  constructor(memory: GuestMemory, options: HostOptions) {
    this.memory = memory;
    this.options = options;
    this.budget = new HostBudget({
      maxBytes: options.limits.maxHostBytes,
      maxHeldBytes: options.limits.maxHeldBytes,
    });
    this.texts = new GuestTexts(memory, this.budget);
    this.lists = new GuestLists(memory);
    this.maps = new MapTable(this.budget);
    this.log = new GuestLog((line) => {
      options.log(line);
    }, options.limits.maxLogLines);
  }

  /** Deadline of the call on the clock `now`. `sleep` respects it. */
  get deadlineAt(): number {
    return this.#deadlineAt;
  }

  /** Empties heap, maps, texts, budget and log, and sets the deadline of the next call. */
  reset(deadlineAt = Infinity): void {
    this.memory.reset();
    this.budget.reset();
    this.texts.clear();
    this.maps.clear();
    this.log.reset();
    this.#deadlineAt = deadlineAt;
  }

  /** Emits a line that `print_no_newline` started, and the number of dropped lines. */
  flushLog(): void {
    this.log.flush();
  }
}
