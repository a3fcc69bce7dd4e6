import type { Approval } from '../../domain/access/approval.ts';
import { type Caller, callerRecord } from '../../domain/access/caller.ts';
import { principalKey } from '../../domain/access/principal-key.ts';
import { ClarityError } from '../../domain/errors/clarity-error.ts';
import { canonicalJson, sha256Hex } from '../../domain/json/digest.ts';
import { toPrintableAscii } from '../../domain/text/safe-text.ts';
import type { Clock, Entropy } from '../../ports/index.ts';
import type { ApprovalOperations } from '../../ports/inbound/approval-operations.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import type { Guard } from './guard.ts';
import { hex } from '../../domain/text/hex.ts';
import { approvalDigest, PendingApproval } from './pending-approval.ts';

/** An action that waits for an approval. */
export interface ApprovalRequest {
  readonly tool: string;
  readonly arguments: unknown;
  /** Runs the action with the approved result of `inputs`. */
  run(approved: unknown): Promise<object> | object;
  /** Returns the state outside of the arguments that the action depends on, for example the record that it replaces. */
  inputs?(): Promise<unknown>;
}

interface Inputs {
  readonly inputs: () => Promise<unknown>;
  /** Result of `inputs` at the request. */
  readonly state: unknown;
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
    const inputs = async (): Promise<unknown> => (await request.inputs?.()) ?? null;
    const state = this.#find(key) === undefined ? await inputs() : null;
    const known = this.#find(key);
    if (known !== undefined) return known.outcome();
    this.#assertRoom(caller);
    const entry = this.#add(caller, key, request, { inputs, state });
    await this.#tell(caller, 'requested', entry.view);
    return entry.outcome();
  }

  /** Returns the requests, newest last. */
  async list(caller: Caller): Promise<readonly Approval[]> {
    await this.#assertOperator(caller, 'list approvals');
    this.#expire();
    const entries = [...this.#entries.values()];
    await Promise.all(entries.filter(({ view }) => view.state === 'pending').map((entry) => entry.renew()));
    return entries.map(({ view }) => view);
  }

  /** Runs the action on behalf of the operator. The state becomes `failed` if the action fails. */
  async approve(caller: Caller, id: string, digest?: string): Promise<Approval> {
    const entry = await this.#open(caller, id);
    const seen = digest ?? entry.view.digest;
    const now = await entry.renew();
    if (entry.view.state !== 'pending') throw new ClarityError('APPROVAL_NOT_FOUND', toPrintableAscii(id));
    if (seen !== now) {
      throw new ClarityError(
        'REVISION_CONFLICT',
        `the request is ${now}, the decision is about ${toPrintableAscii(seen, 64)}`,
        {
          field: 'digest',
          hint: 'list the requests again and repeat the decision with the digest that the list shows',
        },
      );
    }
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

  #find(key: string): PendingApproval | undefined {
    return [...this.#entries.values()].find((entry) => entry.key === key);
  }

  async #open(caller: Caller, id: string): Promise<PendingApproval> {
    await this.#assertOperator(caller, 'decide on a request');
    this.#expire();
    const entry = this.#entries.get(id);
    if (entry?.view.state !== 'pending') throw new ClarityError('APPROVAL_NOT_FOUND', toPrintableAscii(id));
    return entry;
  }

  /** Rejects the entry points of models, whatever grants the caller has. */
  #assertOperator(caller: Caller, action: string): Promise<void> {
    return this.#dependencies.guard.require(caller, 'approve', { action });
  }

  #add(caller: Caller, key: string, request: ApprovalRequest, { inputs, state }: Inputs): PendingApproval {
    const { clock, entropy } = this.#dependencies;
    const id = hex(entropy.bytes(6));
    const now = clock.wall().getTime();
    const view = {
      id,
      tool: request.tool,
      state: 'pending' as const,
      requestedBy: callerRecord(caller),
      ...(caller.client === undefined ? {} : { client: toPrintableAscii(caller.client.name) }),
      arguments: request.arguments,
      requestedAt: new Date(now).toISOString(),
      expiresAt: new Date(now + TTL_MS).toISOString(),
    };
    const entry = new PendingApproval({
      key,
      owner: principalKey(caller),
      inputs,
      run: (approved) => request.run(approved),
      until: clock.monotonic() + TTL_MS,
      view: { ...view, digest: approvalDigest(view, state) },
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
    const [largest, count] = [...counts].reduce<[string, number]>((a, b) => (b[1] > a[1] ? b : a), ['', 0]);
    const newest = [...this.#entries].findLast(([, { owner }]) => owner === largest);
    if (newest === undefined || count <= own + 1) throw new ClarityError('APPROVALS_FULL', '');
    this.#entries.delete(newest[0]);
  }

  #expire(): void {
    const now = this.#dependencies.clock.monotonic();
    for (const [id, entry] of this.#entries) if (entry.until <= now) this.#entries.delete(id);
  }

  #tell(
    caller: Caller,
    word: 'requested' | 'approved' | 'denied',
    { id, tool, requestedBy, digest }: Approval,
  ): Promise<void> {
    return this.#dependencies.audit.settle({
      kind: `approval.${word}`,
      level: word === 'denied' ? 'warn' : 'info',
      message: `Approval ${word}: ${tool}`,
      caller,
      data: { approval: id, digest, tool, requestedBy },
    });
  }
}

/** Key of a request: the same caller, tool and arguments find the same request. */
const keyOf = (caller: Caller, { tool, arguments: args }: ApprovalRequest): string => {
  const { kind, id, door } = callerRecord(caller);
  return sha256Hex(canonicalJson([kind, id, door, tool, args]));
};
