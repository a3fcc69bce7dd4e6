import { ClarityError, type Caller, type Runtime } from '@clarity-runtime/core';
import { FairPool, principalKey } from '@clarity-runtime/core/internal';
import type { StreamReply } from '../http/response.ts';
import { LiveBatch, LiveFigures, resetEvent, rightsOf } from './live-batch.ts';
import type { LiveHubDependencies, LiveLimits, LiveRequest } from './live-options.ts';
import { liveEvent, LiveReader, type LiveTopics } from './live-reader.ts';

/** Shortest time between two events of a client, in milliseconds. */
const MIN_INTERVAL_MS = 250;
const MAX_INTERVAL_MS = 5_000;
/** Bytes per millisecond of one stream above which its events become rarer. */
const BYTES_PER_MS = 64;
const FIGURES_MS = 5_000;
const BEAT_MS = 10_000;
/** Time without a read, after which a client is disconnected. */
const MAX_STALL_MS = 60_000;
/** Log lines of the first event. */
const TAIL_LINES = 200;

/**
 * All streams of changes. While nothing changes it does no work but one beat every ten seconds and one look at the figures
 * every five. Without a reader it does nothing.
 */
export class LiveHub {
  readonly #runtime: Runtime;
  readonly #limits: LiveLimits;
  readonly #cli: string;
  readonly #pool: FairPool;
  readonly #readers = new Set<LiveReader>();
  readonly #figures: LiveFigures;
  #ends: (() => void)[] = [];
  #flushTimer: NodeJS.Timeout | undefined;
  #areApprovalsNew = false;
  /** Monotonic milliseconds before which no event is sent. */
  #quietUntil = 0;
  #isClosing = false;

  constructor({ runtime, limits, cli, closing }: LiveHubDependencies) {
    this.#runtime = runtime;
    this.#limits = limits;
    this.#cli = cli;
    this.#pool = new FairPool(limits.maxEventStreams);
    this.#figures = new LiveFigures(runtime);
    const end = (): void => {
      this.#isClosing = true;
      for (const reader of this.#readers) reader.end('the daemon closes');
    };
    runtime.on('runtime.closing', end);
    if (closing?.aborted === true) end();
    else closing?.addEventListener('abort', end, { once: true });
  }

  /** The number of open streams. */
  get size(): number {
    return this.#pool.count;
  }

  /**
   * Opens a stream.
   * @throws ClarityError TOO_MANY_STREAMS, SHUTTING_DOWN, SERVICE_NOT_FOUND or GRANT_REQUIRED before the response starts.
   */
  async watch({ caller, topics: wanted, after }: LiveRequest): Promise<StreamReply> {
    if (this.#isClosing) throw new ClarityError('SHUTTING_DOWN', '');
    const topics = this.#topicsOf(caller, wanted);
    const tail = topics.log === undefined ? undefined : await this.#tail(caller, topics.log);
    let reader: LiveReader | undefined;
    let isEvicted = false;
    const release = this.#pool.take(principalKey(caller), () => {
      isEvicted = true;
      reader?.end('another caller needs the stream');
    });
    if (release === undefined)
      throw new ClarityError('TOO_MANY_STREAMS', `at most ${String(this.#limits.maxEventStreams)}`);
    return {
      stream: (req, res) => {
        const position = this.#runtime.overview.position();
        reader = new LiveReader(res, { caller, topics, position: after ?? position, rights: rightsOf(caller) });
        const opened = reader;
        res.once('close', () => {
          release();
          this.#remove(opened);
        });
        if (req.method === 'HEAD' || isEvicted || this.#isClosing) opened.end('the stream is not available');
        else this.#add(opened, tail);
      },
    };
  }

  #topicsOf(caller: Caller, text: string): LiveTopics {
    const words = text.split(',');
    const log = words.find((word) => word.startsWith('log:'))?.slice(4);
    return {
      state: words.includes('state'),
      figures: words.includes('figures'),
      calls: words.includes('calls'),
      log: log === undefined ? undefined : this.#runtime.services.get(caller, log).service.serviceId,
    };
  }

  async #tail(caller: Caller, serviceId: string): Promise<string> {
    const lines = await this.#runtime.audit.logs(caller, serviceId, TAIL_LINES);
    return liveEvent('log', { service: serviceId, lines, isTail: true });
  }

  #add(reader: LiveReader, tail: string | undefined): void {
    if (this.#readers.size === 0) this.#begin();
    this.#readers.add(reader);
    if (tail !== undefined) reader.write(tail);
    if (reader.topics.figures) reader.write(this.#figures.whole(reader.caller));
    void this.#send(new LiveBatch(this.#runtime, this.#cli), [reader], true);
  }

  #remove(reader: LiveReader): void {
    if (this.#readers.delete(reader) && this.#readers.size === 0) this.#end();
  }

  /** Follows the runtime while there are readers. */
  #begin(): void {
    const flush = (): void => {
      this.#schedule();
    };
    const figures = setInterval(() => {
      this.#tick();
    }, FIGURES_MS).unref();
    const beat = setInterval(() => {
      this.#beat();
    }, BEAT_MS).unref();
    this.#ends = [
      this.#runtime.on('state.changed', flush),
      this.#runtime.on('called', flush),
      this.#runtime.on('logged', ({ serviceId, line }) => {
        for (const reader of this.#readers) {
          if (reader.topics.log !== serviceId) continue;
          reader.line(line);
          this.#schedule();
        }
      }),
      this.#runtime.on('audited', ({ kind }) => {
        if (!kind.startsWith('approval.')) return;
        this.#areApprovalsNew = true;
        this.#schedule();
      }),
      () => {
        clearInterval(figures);
        clearInterval(beat);
        clearTimeout(this.#flushTimer);
        this.#flushTimer = undefined;
      },
    ];
  }

  #end(): void {
    for (const end of this.#ends.splice(0)) end();
    this.#figures.keep(new Set());
  }

  #schedule(): void {
    if (this.#flushTimer !== undefined) return;
    const waitMs = Math.max(MIN_INTERVAL_MS, this.#quietUntil - performance.now());
    this.#flushTimer = setTimeout(() => {
      this.#flushTimer = undefined;
      const areApprovalsNew = this.#areApprovalsNew;
      this.#areApprovalsNew = false;
      void this.#send(new LiveBatch(this.#runtime, this.#cli), [...this.#readers], areApprovalsNew);
    }, waitMs).unref();
  }

  /** Sends what is new to readers that take it. The others get it when they have read. */
  async #send(batch: LiveBatch, readers: readonly LiveReader[], areApprovalsNew: boolean): Promise<void> {
    let mostBytes = 0;
    for (const reader of readers) {
      if (!this.#canTake(reader)) continue;
      const bytes = this.#update(reader, batch);
      if (bytes > mostBytes) mostBytes = bytes;
    }
    const quietMs = Math.min(MAX_INTERVAL_MS, mostBytes / BYTES_PER_MS);
    this.#quietUntil = Math.max(this.#quietUntil, performance.now() + quietMs);
    for (const reader of readers) {
      if (!(await this.#sendLines(reader))) continue;
      if (areApprovalsNew && reader.topics.state) reader.write(await batch.approvals(reader));
    }
  }

  /** Returns the number of bytes that a reader got. */
  #update(reader: LiveReader, batch: LiveBatch): number {
    if (!reader.topics.state && !reader.topics.calls) return 0;
    const rights = rightsOf(reader.caller);
    const hasOtherRights = rights !== reader.rights;
    reader.rights = rights;
    const text = hasOtherRights ? resetEvent('the rights of the caller differ', batch.position) : batch.text(reader);
    reader.position = batch.position;
    reader.write(text);
    return text.length;
  }

  /** Returns false for a reader that got nothing because it does not read. */
  async #sendLines(reader: LiveReader): Promise<boolean> {
    if (!reader.canTake) return false;
    const { log } = reader.topics;
    const lines = log === undefined ? undefined : reader.takeLines();
    if (log === undefined || lines === undefined) return true;
    if (lines !== 'missed') reader.write(liveEvent('log', { service: log, lines }));
    else reader.write(await this.#tail(reader.caller, log).catch(() => ''));
    return true;
  }

  #canTake(reader: LiveReader): boolean {
    if (reader.canTake) {
      reader.stalledAt = undefined;
      return true;
    }
    if (reader.stalledAt === undefined) {
      reader.stalledAt = performance.now();
      reader.onDrain(() => {
        reader.stalledAt = undefined;
        this.#schedule();
      });
    }
    return false;
  }

  #tick(): void {
    const texts = new Map<string, string>();
    for (const reader of this.#readers) {
      if (!reader.topics.figures || !this.#canTake(reader)) continue;
      const rights = rightsOf(reader.caller);
      const text = texts.get(rights) ?? this.#figures.next(reader.caller, rights);
      texts.set(rights, text);
      reader.write(text);
    }
    this.#figures.keep(new Set(texts.keys()));
  }

  #beat(): void {
    const text = liveEvent('beat', { at: new Date().toISOString() });
    for (const reader of this.#readers) {
      if (this.#canTake(reader)) reader.write(text);
      else if (performance.now() - (reader.stalledAt ?? Infinity) > MAX_STALL_MS) {
        this.#runtime.limits.count('stream.too_slow');
        reader.cut();
      }
    }
  }
}
