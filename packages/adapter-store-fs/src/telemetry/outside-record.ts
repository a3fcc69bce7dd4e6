import type { AuditHead } from '@clarity-runtime/core/ports';
import type { WatchedAudit } from '../trust/seen-state.ts';
import type { TelemetryState } from './telemetry-state.ts';
import type { Wal } from './wal.ts';

/** Growth of the journal after which its newest link is recorded outside of the folder. */
const RECORD_AT_BYTES = 256 * 1024;

/** The record of a chain outside of its folder. */
export interface OutsideRecord {
  /** The link that the record has. */
  readonly knownHead: AuditHead | undefined;
  /** Brings the record up to date in the background. */
  recordSoon(): void;
}

/**
 * Brings the record outside up to date after each checkpoint and each 256 KiB of the journal, so that an event costs no sync
 * and a cut tail is detected up to the last of them.
 */
export class RecordedChain {
  readonly #outside: OutsideRecord | undefined;
  #recordedSize = 0;

  constructor(outside: OutsideRecord | undefined) {
    this.#outside = outside;
  }

  get knownHead(): AuditHead | undefined {
    return this.#outside?.knownHead;
  }

  /** `size` is that of the journal in bytes. */
  onWritten(size: number): void {
    if (size - this.#recordedSize < RECORD_AT_BYTES) return;
    this.#recordedSize = size;
    this.#outside?.recordSoon();
  }

  onCheckpoint(): void {
    this.#recordedSize = 0;
    this.#outside?.recordSoon();
  }
}

/** Returns the chain of a store for its record. */
export const watchedChain = (state: TelemetryState, wal: Wal): WatchedAudit => ({
  get lastSeq() {
    return state.lastSeq;
  },
  durableHead: async () => {
    const { seq, hash } = state.ring.head;
    await wal.sync();
    return { seq, hash };
  },
  hasLink: (hash) => state.ring.hasLink(hash),
  keepLinks: (hashes) => {
    state.ring.keepLinks(hashes);
  },
});
