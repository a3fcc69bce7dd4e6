import type { ApprovalOutcome, ApprovalRecord } from '../../domain/access/approval-record.ts';
import { type Caller, callerRecord, systemCaller } from '../../domain/access/caller.ts';
import type { AuditEventDraft } from '../../domain/audit/audit-event.ts';
import { ClarityError } from '../../domain/errors/clarity-error.ts';
import { toPrintableAscii } from '../../domain/text/safe-text.ts';
import type { ApprovalStore, Clock, Entropy, TenantId } from '../../ports/index.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import { SerialQueue } from '../support/async.ts';
import { REMOVED, SettledRecords, type RecordChange } from '../support/settled-records.ts';

export interface ApprovalRecordsDependencies {
  readonly store: ApprovalStore;
  readonly audit: AuditLog;
  readonly clock: Clock;
  readonly entropy: Entropy;
}

/** The stored requests. A request that has expired does not exist. */
export class ApprovalRecords {
  readonly #dependencies: ApprovalRecordsDependencies;
  readonly #records: SettledRecords<ApprovalRecord>;
  readonly #changes = new SerialQueue();
  readonly #byKey = new Map<string, ApprovalRecord>();

  constructor(dependencies: ApprovalRecordsDependencies) {
    this.#dependencies = dependencies;
    const { store, clock, entropy, audit } = dependencies;
    this.#records = new SettledRecords({
      store,
      idOf: ({ key }) => key,
      clock,
      entropy,
      queue: this.#changes,
      onChanged: (key, item) => {
        if (item === undefined) this.#byKey.delete(key);
        else this.#byKey.set(key, item.value);
      },
      onDrift: () => undefined,
      deliver: (event, op) => audit.deliver(event, op),
    });
  }

  /**
   * Removes requests if the list is full, adds one, and returns the stored one: another writer may be first.
   * @throws ClarityError APPROVALS_FULL
   */
  async add(caller: Caller, record: ApprovalRecord): Promise<ApprovalRecord> {
    for (const { key } of roomFor(this.live(), record.owner)) await this.#write(systemCaller, key, () => REMOVED);
    const event = this.event(caller, 'requested', record);
    const change: RecordChange<ApprovalRecord> = (now) => (now && !this.#isOver(now.value) ? undefined : record);
    return (await this.#write(caller, record.key, change, event)) ?? record;
  }

  /** Reads the requests. An approved call whose process ended before its result is reported as failed, and not repeated. */
  async load(tenant: TenantId): Promise<void> {
    await this.#records.load(tenant);
    if (this.#dependencies.store.capabilities.shared) return;
    for (const record of this.live()) {
      if (record.state !== 'approved' || record.outcome !== undefined) continue;
      const lost = new ClarityError('INTERNAL', 'the daemon ended before the call was complete', {
        hint: 'look at what the call has changed, and call the tool again for a new request',
      });
      await this.settle(record, { failure: lost.failure }).catch(() => undefined);
    }
  }

  /** Ends the task that settles writes without an answer. */
  close(): void {
    this.#records.close();
  }

  find(key: string): ApprovalRecord | undefined {
    const record = this.#byKey.get(key);
    return record === undefined || this.#isOver(record) ? undefined : record;
  }

  /** Returns the requests that have not expired, newest last. */
  live(): readonly ApprovalRecord[] {
    return [...this.#byKey.values()]
      .filter((record) => !this.#isOver(record))
      .sort((a, b) => (a.requestedAt < b.requestedAt ? -1 : a.requestedAt === b.requestedAt ? 0 : 1));
  }

  /** @throws ClarityError APPROVAL_NOT_FOUND with the first decision when another operator was first. */
  async decide(
    caller: Caller,
    record: ApprovalRecord,
    decision: Pick<ApprovalRecord, 'reason'> & { readonly state: 'approved' | 'denied' },
  ): Promise<ApprovalRecord> {
    const { kind, id } = callerRecord(caller);
    const decided: ApprovalRecord = { ...record, ...decision, decidedBy: `${kind}:${id}` };
    const isPending: RecordChange<ApprovalRecord> = (current) => {
      if (current?.value.id === record.id && current.value.state === 'pending') return decided;
      throw decidedBefore(record.id, current?.value);
    };
    await this.#write(caller, record.key, isPending, this.event(caller, decision.state, record));
    return decided;
  }

  /** Stores the outcome. If the store fails, this process knows it until it ends. */
  async settle(record: ApprovalRecord, outcome: ApprovalOutcome): Promise<ApprovalRecord> {
    const failed = 'failure' in outcome ? { state: 'failed' as const, reason: outcome.failure.message } : {};
    const ended: ApprovalRecord = { ...record, ...failed, outcome };
    const change: RecordChange<ApprovalRecord> = (current) => (current?.value.id === record.id ? ended : undefined);
    await this.#write(systemCaller, record.key, change).catch(() => this.#byKey.set(record.key, ended));
    return ended;
  }

  /** Reads what other writers decided, and removes expired requests. */
  async refresh(): Promise<void> {
    await this.#records.load('default');
    for (const record of [...this.#byKey.values()].filter((each) => this.#isOver(each))) {
      const isSame: RecordChange<ApprovalRecord> = (now) => (now?.value.id === record.id ? REMOVED : undefined);
      await this.#write(systemCaller, record.key, isSame).catch(() => undefined);
    }
  }

  async #write(
    caller: Caller,
    id: string,
    change: RecordChange<ApprovalRecord>,
    event?: AuditEventDraft,
  ): Promise<ApprovalRecord | undefined> {
    const request = { caller, id, ...(event === undefined ? {} : { event }) };
    return (await this.#changes.run(() => this.#records.write(request, change)))?.value;
  }

  #isOver({ expiresAt }: ApprovalRecord): boolean {
    return Date.parse(expiresAt) <= this.#dependencies.clock.wall().getTime();
  }

  event(caller: Caller, word: 'requested' | 'approved' | 'denied', record: ApprovalRecord): AuditEventDraft {
    const { id, tool, digest } = record;
    return this.#dependencies.audit.draft({
      kind: `approval.${word}`,
      level: word === 'denied' ? 'warn' : 'info',
      message: `Approval ${word}: ${tool}`,
      caller,
      data: { approval: id, digest, tool, requestedBy: callerRecord(record.caller) },
    });
  }
}

/** Returns the refusal of a request that is not pending. */
export const decidedBefore = (id: string, record: ApprovalRecord | undefined): ClarityError => {
  const shown = toPrintableAscii(id, 64);
  const how = record?.decidedBy === undefined ? '' : `: ${record.state} by ${record.decidedBy}`;
  return new ClarityError('APPROVAL_NOT_FOUND', `${shown}${how}`);
};

const MAX_COUNT = 32;
const MAX_OF_ONE = 8;

/**
 * Returns the requests to remove before a principal gets a new one: decided requests first when the limit is reached, then the
 * newest request of the principal with the most, if it has more than the caller would have.
 * @throws ClarityError APPROVALS_FULL
 */
function roomFor(records: readonly ApprovalRecord[], caller: string): readonly ApprovalRecord[] {
  const excess = records.length - MAX_COUNT + 1;
  const decided = records.filter(({ state }) => state !== 'pending').slice(0, Math.max(0, excess));
  const left = records.filter((record) => !decided.includes(record));
  const own = left.filter(({ state, owner }) => state === 'pending' && owner === caller).length;
  if (own >= MAX_OF_ONE) throw full();
  if (left.length < MAX_COUNT) return decided;
  const counts = new Map<string, number>();
  for (const { owner } of left) counts.set(owner, (counts.get(owner) ?? 0) + 1);
  const [largest, count] = [...counts].reduce<[string, number]>((a, b) => (b[1] > a[1] ? b : a), ['', 0]);
  const newest = left.findLast(({ owner }) => owner === largest);
  if (newest === undefined || count <= own + 1) throw full();
  return [...decided, newest];
}

const full = (): ClarityError => new ClarityError('APPROVALS_FULL', '');
