import { join } from 'node:path';
import {
  ChainVerifier,
  CHAIN_START,
  decodeEvent,
  recordsGap,
  type AuditLink,
  type KeptEvent,
} from '@clarity-runtime/core/audit-chain';
import type { FileOperations } from '../files/file-operations.ts';
import { codeOf, storeFailure } from '../files/store-failure.ts';
import { readCheckpointLines } from './checkpoint-lines.ts';
import { CHECKPOINT } from './recovery.ts';
import { readWalLines, decodeLink, segmentsOf, decodeRecord, encodeRecord, type WalRecord } from './wal-format.ts';

const NEWLINE = 0x0a;
/** Lines per turn of the event loop, so that the daemon serves requests during a verification. */
const LINES_PER_TURN_COUNT = 200;

/**
 * Returns a chain verifier that has read all telemetry files of a folder. Strict: a line that `recoverTelemetry` would
 * skip or repair is a fault.
 * @throws StoreError when the folder or a file cannot be read.
 */
export async function verifyFiles(folder: string, files: FileOperations): Promise<ChainVerifier> {
  const names = await files.list(folder).catch((error: unknown) => {
    throw storeFailure(error, folder);
  });
  const reader = new TelemetryReader(await readIfThere(files, join(folder, CHECKPOINT)));
  if (!names.includes(CHECKPOINT) && names.includes(`${CHECKPOINT}.bak`)) {
    reader.check.blame({ reason: `${CHECKPOINT} is missing` });
  }
  await reader.checkpoint();
  for (const { name } of segmentsOf(names)) {
    const bytes = await readIfThere(files, join(folder, name));
    if (bytes !== undefined) await reader.segment(name, bytes);
  }
  return reader.check;
}

/** Position in a segment. */
interface SegmentPosition {
  /** Number of the last record. */
  record?: number;
  /** `seq` of the first event that no earlier file contains. */
  firstNew?: number;
  /** `seq` of the first event of the last record with events: a link may end within this record. */
  lastFirst?: number;
}

class TelemetryReader {
  readonly check: ChainVerifier;
  readonly #lines: ReturnType<typeof readCheckpointLines>;
  readonly #known = new Map<number, string>();
  readonly #from: number;
  /** Number of the last event that a link of the checkpoint covers. */
  readonly #linkedTo: number;
  #lastRecord: number;

  constructor(checkpoint: Uint8Array | undefined) {
    this.#lines =
      checkpoint === undefined
        ? { base: { seq: 0, hash: CHAIN_START }, lastRecord: 0, events: [], links: [] }
        : readCheckpointLines(checkpoint);
    this.#from = this.#lines.base.seq + 1;
    this.#linkedTo = this.#lines.links.at(-1)?.to ?? 0;
    this.#lastRecord = this.#lines.lastRecord;
    this.check = new ChainVerifier(this.#lines.base);
  }

  async checkpoint(): Promise<void> {
    const { events, links, problem } = this.#lines;
    let next = 0;
    for (const [i, link] of links.entries()) {
      for (let event = events[next]; event !== undefined && event.seq <= link.to; event = events[next]) {
        this.#event(event);
        next += 1;
      }
      this.check.link(link);
      if (i % LINES_PER_TURN_COUNT === 0) await turn();
    }
    for (const event of events.slice(next)) this.#event(event);
    if (problem !== undefined) this.check.blame(this.#next(`${CHECKPOINT}: ${problem}`));
  }

  async segment(name: string, bytes: Uint8Array): Promise<void> {
    const { good, goodBytes } = readWalLines(bytes);
    const position: SegmentPosition = {};
    for (const [i, json] of good.entries()) {
      if (this.check.fault !== undefined) return;
      if (i % LINES_PER_TURN_COUNT === 0) await turn();
      const link = decodeLink(json);
      const record = link === undefined ? decodeRecord(json) : undefined;
      if (link !== undefined) this.#link(link, position);
      else if (record !== undefined && encodeRecord(record) === json) this.#record(record, position);
      else this.check.blame(this.#next(`${name}: line ${String(i + 1)} does not have the format that clarityd writes`));
    }
    // A line that a process was writing when it ended has no line break; a damaged line with one was complete before.
    if (bytes.subarray(goodBytes).includes(NEWLINE)) {
      this.check.blame(this.#next(`${name}: line ${String(good.length + 1)} is damaged`));
    }
  }

  /** A segment may begin with records that the previous segment or the checkpoint also contains. */
  #record(record: WalRecord, position: SegmentPosition): void {
    const events = 'events' in record ? record.events.map(toKeptEvent) : [];
    const isFirst = position.record === undefined;
    const follows = isFirst ? record.n <= this.#lastRecord + 1 : record.n === (position.record ?? 0) + 1;
    const isReportedGap = isFirst && events[0] !== undefined && recordsGap(events[0]);
    if (!follows && !isReportedGap) {
      this.check.blame(this.#next('a line of the journal is duplicated, missing or out of order'));
    }
    position.record = record.n;
    if (events[0] !== undefined) position.lastFirst = events[0].seq;
    const isKnown = record.n <= this.#lastRecord;
    this.#lastRecord = Math.max(this.#lastRecord, record.n);
    for (const event of events) {
      if (!isKnown) {
        this.#event(event);
        position.firstNew ??= event.seq;
      } else if (event.seq >= this.#from && this.#known.has(event.seq) && this.#known.get(event.seq) !== event.json) {
        this.check.blame({ seq: event.seq, reason: `record ${String(event.seq)} differs between two files` });
      }
    }
  }

  /** A link follows the last of its records. A missing link is valid only at the end of a segment. */
  #link(link: AuditLink, { firstNew, lastFirst = Infinity }: SegmentPosition): void {
    // Retention has dropped these events from the checkpoint; an older segment still has them.
    if (link.to < this.#from) return;
    if (firstNew === undefined && link.to <= this.#linkedTo && !this.#known.has(link.from)) return;
    const { firstOpen, last } = this.check;
    const isKnown = this.check.has(link.hash);
    if (firstNew === undefined && isKnown) return;
    const isPlaced = link.to === last || (link.to < last && link.to >= lastFirst);
    if (isKnown || !isPlaced || firstOpen === undefined) {
      this.check.blame({
        seq: link.from,
        reason: `a link over record ${String(link.from)} is at the wrong position`,
      });
    } else if (firstNew !== undefined && firstOpen >= firstNew && firstOpen < link.from) {
      this.check.blame({ seq: firstOpen, reason: `the link over record ${String(firstOpen)} is missing` });
    }
    this.check.link(link);
  }

  #event(event: KeptEvent): void {
    this.check.event(event);
    this.#known.set(event.seq, event.json);
  }

  #next(reason: string): { readonly seq: number; readonly reason: string } {
    return { seq: this.check.last + 1, reason };
  }
}

const toKeptEvent = (json: string): KeptEvent => ({ seq: decodeEvent(json).seq, json });

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function readIfThere(files: FileOperations, path: string): Promise<Uint8Array | undefined> {
  try {
    return await files.read(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw storeFailure(error, path);
  }
}
