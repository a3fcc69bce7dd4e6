import type { Approval, ApprovalState } from '../../domain/access/approval.ts';
import { isModel, type Caller, callerRecord } from '../../domain/access/caller.ts';
import { principalKey } from '../../domain/access/principal-key.ts';
import { ClarityError, isClarityError } from '../../domain/errors/clarity-error.ts';
import { canonicalJson, sha256Hex } from '../../domain/json/digest.ts';
import { toPrintableAscii } from '../../domain/text/safe-text.ts';
import type { Clock, Entropy } from '../../ports/index.ts';
import type { ApprovalOperations } from '../../ports/inbound/approval-operations.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import type { Guard } from './guard.ts';
import { hex } from '../../domain/text/hex.ts';

export interface PendingApprovalDependencies {
  readonly key: string;
  /** Key of the principal that requested it. */
  readonly owner: string;
  readonly view: Approval;
  /** Monotonic milliseconds. */
  readonly until: number;
  readonly run: () => Promise<object> | object;
}

/** One approval request, from its creation until it expires. */
export class PendingApproval {
  readonly key: string;
  readonly owner: string;
  readonly until: number;
  readonly #run: () => Promise<object> | object;
  #view: Approval;
  #result: object | undefined;
  #failed: Error | undefined;

  constructor({ key, owner, view, until, run }: PendingApprovalDependencies) {
    this.key = key;
    this.owner = owner;
    this.until = until;
    this.#view = view;
    this.#run = run;
  }

  get view(): Approval {
    return this.#view;
  }

  decide(state: ApprovalState, caller: Caller, reason?: string): void {
    const { kind, id } = callerRecord(caller);
    const decidedBy = `${kind}:${id}`;
    this.#view = { ...this.#view, state, decidedBy, ...(reason === undefined ? {} : { reason }) };
  }

  /** Runs the approved action. Never rejects: the result is in `view` and `outcome`. */
  async carryOut(): Promise<void> {
    try {
      this.#result = await this.#run();
    } catch (error) {
      this.#failed = isClarityError(error) ? error : new ClarityError('INTERNAL', this.#view.id, { cause: error });
      this.#view = { ...this.#view, state: 'failed', reason: this.#failed.message };
    }
  }

  /** Returns the reply for the client that requested the approval. @throws ClarityError APPROVAL_DENIED, or the error of the action. */
  outcome(): object {
    const { id, state, reason = '', expiresAt } = this.#view;
    if (state === 'denied') throw new ClarityError('APPROVAL_DENIED', reason);
    if (this.#failed !== undefined) throw this.#failed;
    if (this.#result !== undefined) return this.#result;
    return {
      approval: { id, state, expires_at: expiresAt },
      waiting: true,
      next_steps: [
        `An operator decides: clarityctl approvals approve ${id}`,
        'Nothing has been done yet. Call the tool again with the same arguments to get the result.',
      ],
    };
  }
}

/** An action that waits for an approval. */
export interface ApprovalRequest {
  readonly tool: string;
  readonly arguments: unknown;
  run(): Promise<object> | object;
}

export interface ApprovalsDependencies {
  readonly audit: AuditLog;
  readonly guard: Guard;
  readonly clock: Clock;
  readonly entropy: Entropy;
}

const TTL_MS = 15 * 60_000;
const MAX_COUNT = 32;
const MAX_OF_ONE = 8;

/**
 * Approval requests that wait for an operator. They are in memory and end with the process. A model creates a request by
 * calling a tool, and reads the outcome by calling it again. It never decides.
 */
export class Approvals implements ApprovalOperations {
  readonly #entries = new Map<string, PendingApproval>();
  readonly #dependencies: ApprovalsDependencies;

  constructor(dependencies: ApprovalsDependencies) {
    this.#dependencies = dependencies;
  }

  /** Returns the result of an approved request, or its pending state. @throws ClarityError APPROVAL_DENIED */
  async ask(caller: Caller, request: ApprovalRequest): Promise<object> {
    this.#expire();
    const key = keyOf(caller, request);
    const known = [...this.#entries.values()].find((entry) => entry.key === key);
    if (known !== undefined) return known.outcome();
    this.#assertRoom(caller);
    const entry = this.#add(caller, key, request);
    await this.#tell(caller, 'requested', entry.view);
    return entry.outcome();
  }

  /** Returns the requests, newest last. */
  async list(caller: Caller): Promise<readonly Approval[]> {
    await this.#assertOperator(caller, 'list approvals');
    this.#expire();
    return [...this.#entries.values()].map(({ view }) => view);
  }

  /** Runs the action on behalf of the operator. The state becomes `failed` if the action fails. */
  async approve(caller: Caller, id: string): Promise<Approval> {
    const entry = await this.#open(caller, id);
    entry.decide('approved', caller);
    await this.#tell(caller, 'approved', entry.view);
    await entry.carryOut();
    return entry.view;
  }

  async deny(caller: Caller, id: string, reason?: string): Promise<Approval> {
    const entry = await this.#open(caller, id);
    entry.decide('denied', caller, reason === undefined ? undefined : toPrintableAscii(reason, 500));
    await this.#tell(caller, 'denied', entry.view);
    return entry.view;
  }

  async #open(caller: Caller, id: string): Promise<PendingApproval> {
    await this.#assertOperator(caller, 'decide on a request');
    this.#expire();
    const entry = this.#entries.get(id);
    if (entry?.view.state !== 'pending') throw new ClarityError('APPROVAL_NOT_FOUND', toPrintableAscii(id));
    return entry;
  }

  /** Rejects the entry points of models, whatever grants the caller has. */
  async #assertOperator(caller: Caller, action: string): Promise<void> {
    const { guard } = this.#dependencies;
    await guard.require(caller, 'provision', { action });
    if (!isModel(caller)) return;
    const none = { ...caller, grants: [] };
    await guard.require(none, 'provision', { action });
  }

  #add(caller: Caller, key: string, request: ApprovalRequest): PendingApproval {
    const { clock, entropy } = this.#dependencies;
    const id = hex(entropy.bytes(6));
    const now = clock.wall().getTime();
    const entry = new PendingApproval({
      key,
      owner: principalKey(caller),
      run: () => request.run(),
      until: clock.monotonic() + TTL_MS,
      view: {
        id,
        tool: request.tool,
        state: 'pending',
        requestedBy: callerRecord(caller),
        ...(caller.client === undefined ? {} : { client: toPrintableAscii(caller.client.name) }),
        arguments: request.arguments,
        requestedAt: new Date(now).toISOString(),
        expiresAt: new Date(now + TTL_MS).toISOString(),
      },
    });
    this.#entries.set(id, entry);
    return entry;
  }

  /**
   * Deletes decided requests first when the limit is reached, then the newest request of the principal with the most, if it
   * has more than the caller would have. @throws ClarityError APPROVALS_FULL
   */
  #assertRoom(caller: Caller): void {
    for (const [id, { view }] of this.#entries) {
      if (this.#entries.size >= MAX_COUNT && view.state !== 'pending') this.#entries.delete(id);
    }
    const counts = new Map<string, number>();
    for (const { owner } of this.#entries.values()) counts.set(owner, (counts.get(owner) ?? 0) + 1);
    const own = [...this.#entries.values()].filter(
      ({ owner, view }) => view.state === 'pending' && owner === principalKey(caller),
    ).length;
    if (own >= MAX_OF_ONE) throw new ClarityError('APPROVALS_FULL', '');
    if (this.#entries.size < MAX_COUNT) return;
    const [largest, count] = [...counts].reduce((a, b) => (b[1] > a[1] ? b : a), ['', 0] as [string, number]);
    const newest = [...this.#entries].findLast(([, { owner }]) => owner === largest);
    if (newest === undefined || count <= own + 1) throw new ClarityError('APPROVALS_FULL', '');
    this.#entries.delete(newest[0]);
  }

  #expire(): void {
    const now = this.#dependencies.clock.monotonic();
    for (const [id, entry] of this.#entries) if (entry.until <= now) this.#entries.delete(id);
  }

  #tell(caller: Caller, word: 'requested' | 'approved' | 'denied', { id, tool, requestedBy }: Approval): Promise<void> {
    return this.#dependencies.audit.settle({
      kind: `approval.${word}`,
      level: word === 'denied' ? 'warn' : 'info',
      message: `Approval ${word}: ${tool}`,
      caller,
      data: { approval: id, tool, requestedBy },
    });
  }
}

/** Key of a request: the same caller, tool and arguments find the same request. */
const keyOf = (caller: Caller, { tool, arguments: args }: ApprovalRequest): string => {
  const { kind, id, door } = callerRecord(caller);
  return sha256Hex(canonicalJson([kind, id, door, tool, args]));
};
