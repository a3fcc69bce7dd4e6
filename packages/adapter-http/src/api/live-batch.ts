import type { Caller, Runtime } from '@clarity-runtime/core';
import { accessKey, hasVerb } from '@clarity-runtime/core/internal';
import { callView, minuteView, problemView, rowView, stateCounts } from './console-views.ts';
import { liveEvent, type LiveReader } from './live-reader.ts';

/** Groups of problems in one event. */
export const MAX_PROBLEMS = 100;
/** Calls in one event; the others are counted. */
const MAX_CALLS = 200;

/** Returns the key of what a caller sees: callers with the same key get the same events. */
export const rightsOf = (caller: Caller): string => accessKey(caller);

/**
 * The events of one moment. Readers with the same rights and the same position share one text, so that the work does not grow
 * with their number.
 */
export class LiveBatch {
  readonly #runtime: Runtime;
  readonly #cli: string;
  readonly #texts = new Map<string, string>();
  readonly #approvals = new Map<string, Promise<string>>();
  readonly position: string;

  constructor(runtime: Runtime, cli: string) {
    this.#runtime = runtime;
    this.#cli = cli;
    this.position = runtime.overview.position();
  }

  /** Returns the events after the position of a reader; `reset` if it is not known. The last one has the new position as id. */
  text({ caller, rights, position, topics }: LiveReader): string {
    const key = `${rights}\n${position}\n${String(topics.state)}${String(topics.calls)}`;
    const known = this.#texts.get(key);
    if (known !== undefined) return known;
    const made = this.#make(caller, position, topics);
    this.#texts.set(key, made);
    return made;
  }

  #make(caller: Caller, from: string, topics: LiveReader['topics']): string {
    if (from === this.position) return '';
    const { overview } = this.#runtime;
    const events: (readonly [string, object])[] = [];
    if (topics.state) {
      const changes = overview.changes(caller, from);
      if (changes === undefined) return resetEvent('the position is not known', this.position);
      const { rows, removed, problems } = changes;
      if (rows.length > 0 || removed.length > 0)
        events.push(['state', { changed: rows.map(rowView), removed, counts: this.#counts(caller) }]);
      if (problems !== undefined) {
        const items = problems.slice(0, MAX_PROBLEMS).map((group) => problemView(group, this.#cli));
        events.push(['problems', { items, total: problems.length }]);
      }
    }
    if (topics.calls && hasVerb(caller, 'inspect')) {
      const { items, skipped } = overview.callsAfter(caller, from, MAX_CALLS);
      if (items.length > 0) events.push(['calls', { items: items.map(callView), skipped }]);
    }
    // Only the last event has an id: a client that loses the connection between two of them gets all of them again.
    return events
      .map(([name, data], index) => liveEvent(name, data, index === events.length - 1 ? this.position : undefined))
      .join('');
  }

  #counts(caller: Caller): object {
    return stateCounts(this.#runtime.overview.words(caller));
  }

  /** Returns the event with the requests that wait for a decision; empty for a caller that may not decide. */
  approvals({ caller, rights }: LiveReader): Promise<string> {
    const key = rights;
    const known = this.#approvals.get(key);
    if (known !== undefined) return known;
    const made = this.#listApprovals(caller);
    this.#approvals.set(key, made);
    return made;
  }

  async #listApprovals(caller: Caller): Promise<string> {
    if (!hasVerb(caller, 'approve')) return '';
    try {
      return liveEvent('approvals', { items: await this.#runtime.approvals.list(caller) });
    } catch {
      // The store does not answer: the client keeps what it has, and the next change asks again.
      return '';
    }
  }
}

export const resetEvent = (reason: string, position: string): string => liveEvent('reset', { reason }, position);

/** The figures of each group of callers, so that an event has only what differs from the one before. */
export class LiveFigures {
  readonly #runtime: Runtime;
  readonly #last = new Map<string, Map<string, string>>();
  readonly #sums = new Map<string, string>();

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
  }

  /** Returns all figures. */
  whole(caller: Caller): string {
    return liveEvent('figures', minuteView(this.#runtime.overview.minute(caller)));
  }

  /** Returns the event of this moment for each key; empty if no figure differs. */
  next(caller: Caller, rights: string): string {
    const { at, rssBytes, services, ...sums } = minuteView(this.#runtime.overview.minute(caller));
    const before = this.#last.get(rights) ?? new Map<string, string>();
    const now = new Map(services.map((figures) => [figures.id, JSON.stringify(figures)]));
    const changed = services.filter(({ id }) => before.get(id) !== now.get(id));
    const silent = [...before.keys()].filter((id) => !now.has(id)).map((id) => ({ id, calls: 0, failed: 0 }));
    const text = JSON.stringify(sums);
    const isSame = changed.length + silent.length === 0 && this.#sums.get(rights) === text;
    this.#last.set(rights, now);
    this.#sums.set(rights, text);
    return isSame ? '' : liveEvent('figures', { at, rssBytes, ...sums, services: [...changed, ...silent] });
  }

  /** Forgets the keys that no reader has. */
  keep(used: ReadonlySet<string>): void {
    for (const key of this.#last.keys()) {
      if (used.has(key)) continue;
      this.#last.delete(key);
      this.#sums.delete(key);
    }
  }
}
