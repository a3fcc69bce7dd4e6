import { EventParser, type StreamEvent } from '../api/event-stream.ts';
import { get, openStream, type ApiResult } from '../api/request.ts';
import type {
  ApprovalEntry,
  CallEntry,
  ConsoleSnapshot,
  MinuteReading,
  ProblemEntry,
  StateDelta,
} from '../api/model.ts';
import type { ConsoleStore } from './console-store.ts';

const FIRST_PAUSE_MS = 500;
const LAST_PAUSE_MS = 15_000;
/** A stream without an event for this time is dead: the daemon sends a beat every 10 s. */
const SILENCE_MS = 25_000;
const HIDDEN_MS = 30_000;
const HIDDEN_SNAPSHOT_MS = 60_000;

/** Lines that a service wrote. */
export interface LogBatch {
  readonly service: string;
  readonly lines: readonly string[];
  /** The lines replace those that are known: the first event of a topic. */
  readonly isTail?: boolean;
}

/** The parts of the browser that the connection needs. */
export interface ConnectionDependencies {
  readonly store: ConsoleStore;
  readonly onLog: (batch: LogBatch) => void;
  readonly isHidden?: () => boolean;
  readonly random?: () => number;
}

/**
 * Keeps the store equal to the daemon: one snapshot, then one stream of deltas that resumes at its last event. Reconnects
 * with a growing pause, at once on `online` and when the page becomes visible, and closes the stream of a hidden page.
 */
export class LiveConnection {
  readonly #dependencies: Required<ConnectionDependencies>;
  #cursor: string | undefined;
  #topics: readonly string[] = ['state', 'figures', 'calls'];
  #attempt = 0;
  #lostSince: number | undefined;
  #stream: AbortController | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #hideTimer: ReturnType<typeof setTimeout> | undefined;
  #isClosed = false;
  #isParked = false;

  constructor(dependencies: ConnectionDependencies) {
    this.#dependencies = { isHidden: () => false, random: Math.random, ...dependencies };
  }

  start(): void {
    this.#isClosed = false;
    void this.#connect();
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#hideTimer);
    this.#stream?.abort();
  }

  /** Connects now instead of at the end of the pause. */
  retryNow(): void {
    clearTimeout(this.#timer);
    this.#attempt = 0;
    this.#stream?.abort();
    void this.#connect();
  }

  /** Fetches the snapshot again and continues from its cursor. */
  reload(): void {
    this.#cursor = undefined;
    this.retryNow();
  }

  /** Follows the log of one service, or of none. */
  followLog(service: string | undefined): void {
    const topics = ['state', 'figures', 'calls', ...(service === undefined ? [] : [`log:${service}`])];
    if (topics.join() === this.#topics.join()) return;
    this.#topics = topics;
    if (this.#stream !== undefined) this.retryNow();
  }

  /** The page was hidden or shown. */
  visibilityChanged(): void {
    clearTimeout(this.#hideTimer);
    if (this.#dependencies.isHidden()) {
      this.#hideTimer = setTimeout(() => {
        this.#park();
      }, HIDDEN_MS);
    } else if (this.#isParked) {
      this.#isParked = false;
      this.retryNow();
    }
  }

  #park(): void {
    this.#isParked = true;
    clearTimeout(this.#timer);
    this.#stream?.abort();
    this.#stream = undefined;
    this.#timer = setTimeout(() => void this.#refreshHidden(), HIDDEN_SNAPSHOT_MS);
  }

  /** Keeps the title of a hidden page true. */
  async #refreshHidden(): Promise<void> {
    if (!this.#isParked || this.#isClosed) return;
    await this.#snapshot();
    if (this.#isParkedStill()) this.#timer = setTimeout(() => void this.#refreshHidden(), HIDDEN_SNAPSHOT_MS);
  }

  #isParkedStill(): boolean {
    return this.#isParked && !this.#isClosed;
  }

  async #connect(): Promise<void> {
    if (this.#isClosed || this.#isParked) return;
    const stream = new AbortController();
    this.#stream = stream;
    if (this.#cursor === undefined) {
      const snapshot = await this.#snapshot();
      if (stream.signal.aborted) return;
      if (snapshot.kind !== 'ok') {
        this.#failed(snapshot);
        return;
      }
    }
    const query = new URLSearchParams({ topics: this.#topics.join(','), after: this.#cursor ?? '' });
    const opened = await openStream(`/api/live?${query.toString()}`, stream.signal);
    if (stream.signal.aborted) return;
    if (opened.kind !== 'ok') {
      this.#failed(opened);
      return;
    }
    await this.#read(opened.value, stream);
  }

  async #snapshot(): Promise<ApiResult<ConsoleSnapshot>> {
    const result = await get<ConsoleSnapshot>('/api/console');
    if (result.kind !== 'ok') return result;
    this.#cursor = result.value.cursor;
    this.#dependencies.store.applySnapshot(result.value);
    this.#connected();
    return result;
  }

  #connected(): void {
    this.#lostSince = undefined;
    const { store } = this.#dependencies;
    if (store.connection.peek().kind !== 'live') store.connection.value = { kind: 'live' };
  }

  async #read(response: Response, stream: AbortController): Promise<void> {
    this.#connected();
    const parser = new EventParser();
    let silence: ReturnType<typeof setTimeout> | undefined;
    const listen = (): void => {
      clearTimeout(silence);
      silence = setTimeout(() => {
        stream.abort();
        this.#failed({ kind: 'failed', reason: 'the stream is silent', isLost: true });
      }, SILENCE_MS);
    };
    listen();
    try {
      const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
      for (let chunk = await reader?.read(); chunk?.done === false; chunk = await reader?.read()) {
        listen();
        this.#attempt = 0;
        for (const event of parser.push(chunk.value)) this.#apply(event);
      }
      if (!stream.signal.aborted) this.#failed({ kind: 'failed', reason: 'the stream ended', isLost: true });
    } catch (error) {
      const reason = error instanceof Error ? error.message : 'the stream broke';
      if (!stream.signal.aborted) this.#failed({ kind: 'failed', reason, isLost: true });
    } finally {
      clearTimeout(silence);
    }
  }

  #apply({ event, data, id }: StreamEvent): void {
    const { store, onLog } = this.#dependencies;
    if (id !== undefined && id !== '') this.#cursor = id;
    store.heardAt.value = Date.now();
    switch (event) {
      case 'state':
        store.applyDelta(JSON.parse(data) as StateDelta);
        break;
      case 'problems':
        store.problems.value = (JSON.parse(data) as { items: readonly ProblemEntry[] }).items;
        break;
      case 'approvals':
        store.approvals.value = (JSON.parse(data) as { items: readonly ApprovalEntry[] }).items;
        break;
      case 'figures':
        store.applyFigures(JSON.parse(data) as MinuteReading);
        break;
      case 'calls': {
        const { items, skipped = 0 } = JSON.parse(data) as { items: readonly CallEntry[]; skipped?: number };
        store.addCalls(items, skipped);
        break;
      }
      case 'log':
        onLog(JSON.parse(data) as LogBatch);
        break;
      case 'reset':
        this.reload();
        break;
    }
  }

  #failed(result: Exclude<ApiResult<unknown>, { readonly kind: 'ok' }>): void {
    const { store, random } = this.#dependencies;
    this.#stream = undefined;
    if (this.#isClosed) return;
    if (result.kind === 'refused') {
      store.connection.value = { kind: 'signed-out' };
      return;
    }
    this.#lostSince ??= Date.now();
    const pauseMs = Math.min(LAST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.#attempt) * (0.75 + random() / 2);
    this.#attempt += 1;
    // The first retry after a stream ended is silent: a stream may end while the daemon runs.
    if (this.#attempt > 1 || store.connection.peek().kind !== 'live') {
      store.connection.value = {
        kind: 'lost',
        since: this.#lostSince,
        retryAt: Date.now() + pauseMs,
        reason: result.reason,
      };
    }
    this.#timer = setTimeout(() => void this.#connect(), pauseMs);
  }
}
