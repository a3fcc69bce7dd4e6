import { expiresSoon, tokenState, type TokenRecord } from '../../domain/access/token-record.ts';
import type { Clock } from '../../ports/index.ts';
import type { AuditEntry } from '../audit/audit-log.ts';
import { systemCaller } from '../../domain/access/caller.ts';

/** Milliseconds between two rounds. */
const ROUND_MS = 60_000;
/** A stored last use is behind the one in memory by at most this. */
const STORED_STEP_MS = 10 * 60_000;
/** Writes of one round, so that many tokens in use do not fill the journal at once; the others follow in the next rounds. */
const MAX_WRITES = 20;

export interface TokenUpkeepDependencies {
  readonly clock: Clock;
  readonly records: () => Iterable<TokenRecord>;
  /** Returns the last use in memory, in milliseconds since 1970. */
  readonly lastUse: (id: string) => number | undefined;
  /** Returns whether records may be written now. */
  readonly canWrite: () => boolean;
  /** Changes a stored record; `change` returns undefined for no change. */
  readonly write: (
    record: TokenRecord,
    change: (stored: TokenRecord) => TokenRecord | undefined,
    entry?: AuditEntry,
  ) => Promise<void>;
}

/** Stores when tokens were used last, and announces the end of each token once, 14 days before it. */
export class TokenUpkeep {
  readonly #dependencies: TokenUpkeepDependencies;
  readonly #closed = new AbortController();
  #isRunning = false;

  constructor(dependencies: TokenUpkeepDependencies) {
    this.#dependencies = dependencies;
  }

  /** Begins with a round at once; later calls have no effect. */
  start(): void {
    if (this.#isRunning) return;
    this.#isRunning = true;
    void this.#run();
  }

  close(): void {
    this.#closed.abort();
  }

  /** One round. A write that fails ends it, and is tried again in the next one. */
  async round(): Promise<void> {
    if (!this.#dependencies.canWrite()) return;
    const now = this.#dependencies.clock.wall().getTime();
    let left = MAX_WRITES;
    for (const record of [...this.#dependencies.records()]) {
      if (left === 0 || this.#closed.signal.aborted) return;
      const isWritten = await this.#tend(record, now).catch(() => undefined);
      if (isWritten === undefined) return;
      if (isWritten) left -= 1;
    }
  }

  /** Returns whether the record was written. */
  async #tend(record: TokenRecord, now: number): Promise<boolean> {
    const { lastUse, write } = this.#dependencies;
    if (tokenState(record, now) !== 'active') return false;
    const used = lastUse(record.id) ?? 0;
    const isStale = used - timeOf(record.lastUsedAt) >= STORED_STEP_MS;
    const isDue = expiresSoon(record, now) && record.announcedEnd !== record.expiresAt;
    if (!isStale && !isDue) return false;
    const use = isStale ? { lastUsedAt: new Date(used).toISOString() } : {};
    const end = isDue && record.expiresAt !== undefined ? { announcedEnd: record.expiresAt } : {};
    const change = (stored: TokenRecord): TokenRecord | undefined => {
      // Another process has written it since, or the name has a new token.
      if (stored.id !== record.id || stored.revokedAt !== undefined) return undefined;
      if (isDue && (stored.expiresAt !== record.expiresAt || stored.announcedEnd === record.expiresAt))
        return undefined;
      if (!isDue && timeOf(stored.lastUsedAt) >= used) return undefined;
      return { ...stored, ...use, ...end };
    };
    await write(record, change, isDue ? expiring(record) : undefined);
    return true;
  }

  async #run(): Promise<void> {
    while (!this.#closed.signal.aborted) {
      await this.round();
      await this.#dependencies.clock.after(ROUND_MS, this.#closed.signal);
    }
  }
}

const timeOf = (text: string | undefined): number => (text === undefined ? 0 : Date.parse(text));

const expiring = ({ id, name, expiresAt = '' }: TokenRecord): AuditEntry => ({
  kind: 'token.expiring',
  level: 'warn',
  message: `Token ${name} expires at ${expiresAt}`,
  caller: systemCaller,
  data: { token: id, name, expiresAt },
});
