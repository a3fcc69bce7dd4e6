import type { AuditEventReply } from '@clarity-runtime/api-contract';
import { useEffect, useState } from 'preact/hooks';
import { fetchAuditBefore, fetchAuditPage } from '../api/audit.ts';
import type { ApiResult } from '../api/request.ts';
import type { ConsoleStore } from './console-store.ts';
import { useStore } from './store-context.ts';

/** Entries that the page keeps: the newest. */
const MAX_EVENTS = 20_000;
/** Pause between requests for entries that follow. */
const PAUSE_MS = 2_000;

type Failure = Exclude<ApiResult<unknown>, { readonly kind: 'ok' }>;

export interface LoadedAudit {
  /** Newest first. */
  readonly events: readonly AuditEventReply[];
  readonly failure: Failure | undefined;
  readonly isComplete: boolean;
  readonly reload: () => void;
}

/** Loads the newest entries, then older ones page by page, then those that follow when the stream reports a change. */
export function useAudit(): LoadedAudit {
  const store = useStore();
  const [events, setEvents] = useState<readonly AuditEventReply[]>([]);
  const [failure, setFailure] = useState<Failure>();
  const [isComplete, setComplete] = useState(false);
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    const stop = new AbortController();
    const reader = new AuditReader(stop.signal, (known) => {
      setEvents(known);
    });
    void reader.load().then((result) => {
      setFailure(result);
      setComplete(true);
    });
    const timer = setInterval(() => {
      const mark = markOf(store);
      if (!document.hidden && mark !== reader.mark) void reader.follow(mark).then(setFailure);
    }, PAUSE_MS);
    return () => {
      clearInterval(timer);
      stop.abort();
    };
  }, [turn]);
  return {
    events,
    failure,
    isComplete,
    reload: () => {
      setTurn(turn + 1);
    },
  };
}

/** Changes with everything that adds entries to the log, so that an idle daemon is not asked. */
const markOf = ({ changes, calls }: ConsoleStore): string => `${String(changes.peek())} ${calls.peek()[0]?.id ?? ''}`;

class AuditReader {
  mark = '';
  #known: readonly AuditEventReply[] = [];
  #cursor: string | undefined;
  readonly #signal: AbortSignal;
  readonly #show: (events: readonly AuditEventReply[]) => void;

  constructor(signal: AbortSignal, show: (events: readonly AuditEventReply[]) => void) {
    this.#signal = signal;
    this.#show = show;
  }

  /** Returns the failure that ended the loading. */
  async load(): Promise<Failure | undefined> {
    const newest = await fetchAuditPage(undefined, this.#signal);
    if (newest.kind !== 'ok') return newest;
    this.#cursor = newest.value.next;
    this.#add(newest.value.items);
    for (;;) {
      const oldest = this.#known.at(-1);
      if (oldest === undefined || this.#known.length >= MAX_EVENTS || this.#signal.aborted) return undefined;
      const page = await fetchAuditBefore(oldest, this.#signal);
      if (page.kind !== 'ok') return page;
      if (!this.#add(page.value.items)) return undefined;
    }
  }

  async follow(mark: string): Promise<Failure | undefined> {
    this.mark = mark;
    const page = await fetchAuditPage(this.#cursor, this.#signal);
    if (page.kind !== 'ok') return page;
    this.#cursor = page.value.next;
    this.#add(page.value.items);
    return undefined;
  }

  /** Returns whether an entry was new. */
  #add(items: readonly AuditEventReply[]): boolean {
    if (this.#signal.aborted) return false;
    const known = new Set(this.#known.map(({ seq }) => seq));
    const fresh = items.filter(({ seq }) => !known.has(seq));
    if (fresh.length === 0) return false;
    this.#known = [...this.#known, ...fresh].sort((a, b) => b.seq - a.seq).slice(0, MAX_EVENTS);
    this.#show(this.#known);
    return true;
  }
}
