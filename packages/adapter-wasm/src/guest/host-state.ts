import type { GuestMemory } from './guest-memory.ts';
import { GuestLists } from './guest-lists.ts';
import { GuestTexts } from './guest-strings.ts';
import { GuestLog } from './guest-log.ts';
import { HostBudget } from './host-budget.ts';
import { MapTable } from './map-table.ts';
import type { Assertion } from './assertion.ts';

export interface HostLimits {
  /** Bytes of texts, map entries and copies that the host handles for one call, in sum. */
  readonly maxHostBytes: number;
  /** Further lines are counted and dropped. */
  readonly maxLogLines: number;
}

export const DEFAULT_HOST_LIMITS: HostLimits = { maxHostBytes: 268_435_456, maxLogLines: 10_000 };

export interface HostOptions {
  /** One line, at most 4 KiB of UTF-8, without characters that a terminal would obey. */
  log(line: string): void;
  /** Milliseconds since the epoch. */
  now(): number;
  /** At least 0, less than 1. */
  random(): number;
  /** Blocks the thread. Left out, it is `Atomics.wait`. */
  readonly pause?: (milliseconds: number) => void;
  readonly limits: HostLimits;
  /** Hears what tests assert. Left out, modules that assert are refused. */
  readonly assertion?: (assertion: Assertion) => void;
}

/** All that the host keeps for one instance. Whatever a call threw, `reset` makes it as new. */
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
    this.budget = new HostBudget(options.limits.maxHostBytes);
    this.texts = new GuestTexts(memory, this.budget);
    this.lists = new GuestLists(memory);
    this.maps = new MapTable(this.budget);
    this.log = new GuestLog((line) => {
      options.log(line);
    }, options.limits.maxLogLines);
  }

  /** When the call has to be over, by the clock `now`; `sleep` keeps to it. */
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

  /** Gives out a line that `print_no_newline` began, and says how many lines were dropped. */
  flushLog(): void {
    this.log.flush();
  }
}
