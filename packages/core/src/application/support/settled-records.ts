import type { Caller } from '../../domain/access/caller.ts';
import { DEFAULT_TENANT } from '../../domain/access/tenant.ts';
import type { AuditEventDraft } from '../../domain/audit/audit-event.ts';
import { ClarityError } from '../../domain/errors/clarity-error.ts';
import { isStoreError, StoreError } from '../../domain/errors/store-error.ts';
import { hex } from '../../domain/text/hex.ts';
import type { Clock, Entropy, RecordStore, TenantId, Versioned, WriteContext } from '../../ports/index.ts';
import { withDeadline, type SerialQueue } from './async.ts';
import { storeFailure } from './store-failure.ts';
import { followRecords } from './record-follower.ts';
import { UnsettledWrites, type IntendedWrite } from './unsettled-writes.ts';

/** Longest wait for an answer of a store. An adapter answers within 1.5 s; a later answer counts as lost. */
const STORE_DEADLINE_MS = 5_000;
/** A write that meets a conflict is tried once more from the stored record. */
const MAX_ATTEMPT_COUNT = 2;

/** Result of a change that removes the record. */
export const REMOVED = Symbol('removed');

/** Returns the value to store, `REMOVED`, or undefined for no change. Called again from the stored record after a conflict. */
export type RecordChange<T> = (current: Versioned<T> | undefined) => T | typeof REMOVED | undefined;

export interface SettledRecordsDependencies<T> {
  readonly store: RecordStore<T>;
  readonly idOf: (value: T) => string;
  readonly clock: Clock;
  readonly entropy: Entropy;
  /** Runs the changes of the records one after another, those in the background included. */
  readonly queue: SerialQueue;
  /** Called at every change of the memory; `item` is undefined after a removal. */
  readonly onChanged: (id: string, item: Versioned<T> | undefined) => void;
  /**
   * Called after a change that another process made, or whose outcome was not known at first. `before` is the record that a
   * change of another process replaced, if this process had one; absent for an outcome that was not known.
   */
  readonly onDrift: (id: string, before?: Versioned<T>) => void;
  /** Writes the event of an applied change to the audit. Never rejects. */
  readonly deliver: (event: AuditEventDraft, op: string) => Promise<void>;
}

/** A change of one record on behalf of a caller, with its audit event. */
export interface RecordRequest {
  readonly caller: Caller;
  readonly id: string;
  readonly event?: AuditEventDraft;
}

/**
 * The records of one store in memory, changed only by answers of the store. Every write has a definite outcome or is
 * `unsettled`: the next write of the record, or a background task with a delay of 1 to 30 s, repeats it with the same `op`
 * until the store answers. A repeated `op` has one effect, also when the lost request arrives late.
 */
export class SettledRecords<T> {
  readonly #items = new Map<string, Versioned<T>>();
  readonly #dependencies: SettledRecordsDependencies<T>;
  readonly #unsettled: UnsettledWrites<T>;
  readonly #closed = new AbortController();
  #isFollowing = false;

  constructor(dependencies: SettledRecordsDependencies<T>) {
    this.#dependencies = dependencies;
    const { clock, queue, onDrift } = dependencies;
    this.#unsettled = new UnsettledWrites(clock, async (id) => {
      await queue.run(() => this.settle(id));
      onDrift(id);
    });
  }

  /** Reads the records. Those of a shared store follow the changes of other processes from then on, until `close`. */
  async load(tenant: TenantId): Promise<void> {
    const { store, idOf, clock, queue, onDrift } = this.#dependencies;
    const { items, cursor } = await store.list(tenant);
    for (const item of items) this.#keep(idOf(item.value), item);
    if (!store.capabilities.shared || this.#isFollowing) return;
    this.#isFollowing = true;
    void followRecords({
      ...{ store, tenant, idOf, clock, cursor },
      signal: this.#closed.signal,
      held: () => this.#items,
      // Reads the record again, because a change that is told late may be older than the one in memory.
      renew: (id) =>
        queue.run(async () => {
          const before = this.#items.get(id);
          if (this.#unsettled.find(id) !== undefined) return;
          await this.#refresh(id);
          if (this.#items.get(id)?.revision !== before?.revision) onDrift(id, before);
        }),
    });
  }

  find(id: string): Versioned<T> | undefined {
    return this.#items.get(id);
  }

  /** Returns the ISO 8601 time since which the outcome of a write is not known; undefined for a settled record. */
  unsettledSince(id: string): string | undefined {
    return this.#unsettled.since(id);
  }

  /** Reads one record from the store again, because another process may have written it. Runs inside the queue. */
  async renew(id: string): Promise<Versioned<T> | undefined> {
    await this.settle(id);
    await this.#refresh(id);
    return this.#items.get(id);
  }

  /** Ends the background tasks. */
  close(): void {
    this.#closed.abort();
    this.#unsettled.close();
  }

  /**
   * Applies a change to the stored record. Runs inside the queue.
   * @throws ClarityError REVISION_CONFLICT when other writers were first twice; STORE_UNAVAILABLE when it is not applied, or
   * with `data.settled: false` when that is not known yet.
   */
  async write({ caller, id, event }: RecordRequest, change: RecordChange<T>): Promise<Versioned<T> | undefined> {
    await this.settle(id);
    for (let attempt = 0; attempt < MAX_ATTEMPT_COUNT; attempt += 1) {
      const current = this.#items.get(id);
      const wanted = change(current);
      if (wanted === undefined || (wanted === REMOVED && current === undefined)) return current;
      const intended: IntendedWrite<T> = {
        caller,
        op: hex(this.#dependencies.entropy.bytes(12)),
        expect: current?.revision ?? 'absent',
        ...(wanted === REMOVED ? {} : { value: wanted }),
        ...(event === undefined ? {} : { event }),
      };
      if (await this.#apply(id, intended, false)) return this.#items.get(id);
      if (attempt + 1 < MAX_ATTEMPT_COUNT) this.#dependencies.onDrift(id, current);
    }
    const current = this.#items.get(id)?.revision ?? 'absent';
    throw new ClarityError('REVISION_CONFLICT', `${id} is at '${current}'`, { data: { current } });
  }

  /** Removes a record later, until the store answers. For a record that nothing may use any more. */
  removeLater(caller: Caller, id: string): void {
    const found = this.#items.get(id);
    if (found === undefined || this.#unsettled.find(id) !== undefined) return;
    const op = hex(this.#dependencies.entropy.bytes(12));
    this.#unsettled.add(id, { caller, op, expect: found.revision });
  }

  /** Gets a definite outcome of the last write of a record. @throws ClarityError STORE_UNAVAILABLE when the store has none. */
  async settle(id: string): Promise<void> {
    const intended = this.#unsettled.find(id);
    if (intended === undefined) return;
    if (intended === 'refresh') await this.#refresh(id);
    else await this.#apply(id, intended, true);
  }

  /**
   * Writes until the outcome is definite. Returns false when another write was first; memory then has its result.
   * `isOpen`: an earlier request of the same operation may still be applied.
   */
  async #apply(id: string, intended: IntendedWrite<T>, isOpen: boolean): Promise<boolean> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await this.#done(id, intended, await this.#send(id, intended));
      } catch (error) {
        const kind = isStoreError(error) ? error.kind : undefined;
        if (kind === 'conflict' && !isOpen) {
          await this.#refresh(id);
          return false;
        }
        if (kind === 'indeterminate') isOpen = true;
        if (!isOpen) throw storeFailure(error);
        if (kind !== 'indeterminate' && kind !== 'conflict') throw this.#leaveOpen(id, intended, error);
        const found = await this.#read(id).catch((failure: unknown) => {
          throw this.#leaveOpen(id, intended, failure);
        });
        const isApplied = intended.value === undefined ? found === undefined : found?.op === intended.op;
        if (isApplied) return this.#done(id, intended, found);
        // Another revision: the compare-and-set of this write can no longer succeed.
        if ((found?.revision ?? 'absent') !== intended.expect) return this.#lost(id, found);
        if (attempt > 0) throw this.#leaveOpen(id, intended, error);
      }
    }
  }

  async #done(id: string, { event, op }: IntendedWrite<T>, item: Versioned<T> | undefined): Promise<true> {
    this.#unsettled.delete(id);
    this.#keep(id, item);
    if (event !== undefined) await this.#dependencies.deliver(event, op);
    return true;
  }

  #lost(id: string, found: Versioned<T> | undefined): false {
    this.#unsettled.delete(id);
    this.#keep(id, found);
    return false;
  }

  /** Returns the error for a write whose outcome is not known, and remembers the write. */
  #leaveOpen(id: string, intended: IntendedWrite<T>, cause: unknown): ClarityError {
    this.#unsettled.add(id, intended);
    const reason = cause instanceof Error ? cause.message : String(cause);
    return new ClarityError('STORE_UNAVAILABLE', `the outcome of the change is not known yet: ${reason}`, {
      data: { settled: false },
      cause,
    });
  }

  /** Reads the stored record into memory. When that fails, a background task repeats it. */
  async #refresh(id: string): Promise<void> {
    try {
      this.#lost(id, await this.#read(id));
    } catch (error) {
      this.#unsettled.add(id, 'refresh');
      throw storeFailure(error);
    }
  }

  #send(id: string, { caller, op, expect, value, event }: IntendedWrite<T>): Promise<Versioned<T> | undefined> {
    const { store } = this.#dependencies;
    return this.#within(async (signal) => {
      const context: WriteContext = { caller, op, signal, ...(event === undefined ? {} : { event }) };
      if (value !== undefined) return store.put(caller.tenant, value, expect, context);
      await store.remove(caller.tenant, id, expect, context);
      return undefined;
    });
  }

  #read(id: string): Promise<Versioned<T> | undefined> {
    return this.#within((signal) => this.#dependencies.store.get(DEFAULT_TENANT, id, { fresh: true, signal }));
  }

  #within<R>(work: (signal: AbortSignal) => Promise<R>): Promise<R> {
    const late = (): StoreError => new StoreError('indeterminate', 'the store did not answer in time');
    return withDeadline({ clock: this.#dependencies.clock, ms: STORE_DEADLINE_MS, late }, work);
  }

  #keep(id: string, item: Versioned<T> | undefined): void {
    if (item === undefined) this.#items.delete(id);
    else this.#items.set(id, item);
    this.#dependencies.onChanged(id, item);
  }
}
