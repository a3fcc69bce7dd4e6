import { mkdir, open, readdir, readFile, rm, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import type { AuditEvent } from '@clarity-runtime/core';

/** Options of `AuditSpool.open`. */
export interface AuditSpoolOptions {
  /** Created with mode 0700 if it does not exist. */
  readonly folder: string;
  /** Bytes of all files. */
  readonly maxBytes: number;
}

interface Segment {
  readonly number: number;
  bytes: number;
}

const SEGMENT_BYTES = 4 * 1024 * 1024;
const NAME = /^spool-(\d{1,15})\.jsonl$/;

/**
 * Audit events on disk that wait for a store, in their order. A file is deleted when the store has all of its events, so that
 * after a crash events are sent again, never lost: the store knows which ones it has.
 */
export class AuditSpool {
  readonly #folder: string;
  readonly #maxBytes: number;
  readonly #segments: Segment[];
  /** Files of this process. One of an earlier process can end with a part of a line, so that nothing is added to it. */
  readonly #own = new Set<Segment>();
  /** Lines of the first segment that are not sent yet. */
  #lines: string[] | undefined;
  /** Bytes that the first segment had when its lines were read. */
  #readBytes = 0;

  private constructor({ folder, maxBytes }: AuditSpoolOptions, segments: Segment[]) {
    this.#folder = folder;
    this.#maxBytes = maxBytes;
    this.#segments = segments;
  }

  /** Opens the spool with the events that an earlier process left. @throws Error of the system */
  static async open(options: AuditSpoolOptions): Promise<AuditSpool> {
    await mkdir(options.folder, { recursive: true, mode: 0o700 });
    const segments: Segment[] = [];
    for (const name of await readdir(options.folder)) {
      const [, number] = NAME.exec(name) ?? [];
      if (number === undefined) continue;
      segments.push({ number: Number(number), bytes: (await stat(join(options.folder, name))).size });
    }
    segments.sort((a, b) => a.number - b.number);
    return new AuditSpool(options, segments);
  }

  get isEmpty(): boolean {
    return this.#segments.length === 0;
  }

  get bytes(): number {
    return this.#segments.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** Stores events with a sync. Returns false, and stores nothing, without room for them. @throws Error of the system */
  async add(events: readonly AuditEvent[]): Promise<boolean> {
    const text = Buffer.from(events.map((event) => `${JSON.stringify(event)}\n`).join(''));
    if (this.bytes + text.length > this.#maxBytes) return false;
    const last = this.#segments.at(-1);
    const isOpen = last !== undefined && this.#own.has(last) && last.bytes < SEGMENT_BYTES;
    const segment = isOpen ? last : { number: (last?.number ?? 0) + 1, bytes: 0 };
    const path = this.#pathOf(segment);
    const file = await open(path, 'a', 0o600);
    try {
      await file.writeFile(text);
      await file.datasync();
    } catch (error) {
      // A part of a line would hide the line after it.
      await truncate(path, segment.bytes).catch(() => undefined);
      throw error;
    } finally {
      await file.close();
    }
    if (!isOpen) this.#segments.push(segment);
    this.#own.add(segment);
    segment.bytes += text.length;
    return true;
  }

  /** Returns the oldest events, at most `count`. A line that a crash cut off is left out. @throws Error of the system */
  async oldest(count: number): Promise<readonly AuditEvent[]> {
    for (;;) {
      const [first] = this.#segments;
      if (first === undefined) return [];
      this.#lines ??= await this.#read(first);
      if (this.#lines.length > 0) return this.#lines.slice(0, count).map((line) => JSON.parse(line) as AuditEvent);
      if (first.bytes > this.#readBytes) this.#lines = await this.#readRest(first);
      else await this.#drop(first);
    }
  }

  /** Forgets the oldest events: the store has them. */
  sent(count: number): void {
    this.#lines?.splice(0, count);
  }

  async #read(segment: Segment): Promise<string[]> {
    this.#readBytes = 0;
    return this.#readRest(segment);
  }

  async #readRest(segment: Segment): Promise<string[]> {
    const bytes = await readFile(this.#pathOf(segment));
    const fresh = bytes.subarray(this.#readBytes, segment.bytes).toString('utf8');
    this.#readBytes = segment.bytes;
    return fresh.split('\n').filter(isEvent);
  }

  async #drop(segment: Segment): Promise<void> {
    this.#segments.shift();
    this.#own.delete(segment);
    this.#lines = undefined;
    this.#readBytes = 0;
    await rm(this.#pathOf(segment), { force: true });
  }

  #pathOf({ number }: Segment): string {
    return join(this.#folder, `spool-${String(number)}.jsonl`);
  }
}

function isEvent(line: string): boolean {
  try {
    const { id } = JSON.parse(line) as Partial<AuditEvent>;
    return typeof id === 'string';
  } catch {
    return false;
  }
}
