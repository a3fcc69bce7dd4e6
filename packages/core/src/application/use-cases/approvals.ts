import type { Approval } from '../../domain/access/approval.ts';
import {
  approvalDigest,
  approvalReply,
  shownApproval,
  type ApprovalOutcome,
  type ApprovalRecord,
} from '../../domain/access/approval-record.ts';
import { type Caller, callerRecord } from '../../domain/access/caller.ts';
import { principalKey } from '../../domain/access/principal-key.ts';
import { ClarityError, isClarityError } from '../../domain/errors/clarity-error.ts';
import { canonicalJson, sha256Hex } from '../../domain/json/digest.ts';
import { hex } from '../../domain/text/hex.ts';
import { toPrintableAscii } from '../../domain/text/safe-text.ts';
import type { TenantId } from '../../ports/index.ts';
import type { ApprovalOperations } from '../../ports/inbound/approval-operations.ts';
import { ApprovalRecords, decidedBefore, type ApprovalRecordsDependencies } from './approval-records.ts';
import type { Guard } from './guard.ts';

/** A call that an operator approves. `approved` is the result of `inputs` that the operator has seen. */
export interface ApprovedCall {
  readonly caller: Caller;
  readonly args: Readonly<Record<string, unknown>>;
  readonly signal: AbortSignal;
  readonly approved?: unknown;
}

/** The tool of a request. */
export interface ApprovedAction {
  /** Returns the state outside of the arguments that the call depends on, for example the record that it replaces. */
  inputs?(call: ApprovedCall): Promise<unknown>;
  run(call: ApprovedCall): Promise<object> | object;
}

/** A call that waits for an approval. */
export interface ApprovalRequest {
  readonly tool: string;
  readonly arguments: Readonly<Record<string, unknown>>;
}

export interface ApprovalsDependencies extends ApprovalRecordsDependencies {
  readonly guard: Guard;
  /** Returns a tool by its name. */
  readonly actionOf: (tool: string) => ApprovedAction | undefined;
}

const TTL_MS = 15 * 60_000;
/** Longest stored result in characters of JSON. */
const MAX_RESULT_LENGTH = 64 * 1024;

/**
 * Approval requests that wait for an operator: records of a store, so that a restart keeps them. A model creates a request by
 * calling a tool, and reads the outcome by calling it again. It never decides. A decision is a compare-and-set on a pending
 * record: of two operators one is first, and the other one is told.
 */
export class Approvals implements ApprovalOperations {
  readonly #dependencies: ApprovalsDependencies;
  readonly #records: ApprovalRecords;
  /** Digests that the last list has shown, by id. */
  readonly #shown = new Map<string, string>();

  constructor(dependencies: ApprovalsDependencies) {
    this.#dependencies = dependencies;
    this.#records = new ApprovalRecords(dependencies);
  }

  load(tenant: TenantId): Promise<void> {
    return this.#records.load(tenant);
  }

  /** Ends the task that settles writes without an answer. */
  close(): void {
    this.#records.close();
  }

  /** Returns the result of an approved request, or its pending state. @throws ClarityError APPROVAL_DENIED */
  async ask(caller: Caller, request: ApprovalRequest): Promise<object> {
    await this.#records.refresh();
    const key = keyOf(caller, request);
    const known = this.#records.find(key);
    if (known !== undefined) return approvalReply(known);
    const record = await this.#newRecord(caller, key, request);
    return approvalReply(await this.#records.add(caller, record));
  }

  /** Returns the requests, newest last. */
  async list(caller: Caller): Promise<readonly Approval[]> {
    await this.#assertOperator(caller, 'list approvals');
    await this.#records.refresh();
    const live = this.#records.live();
    this.#shown.clear();
    const digests = await Promise.all(live.map((record) => this.#digestOf(record)));
    return live.map((record, i) => {
      const digest = digests[i] ?? record.digest;
      this.#shown.set(record.id, digest);
      return shownApproval(record, digest);
    });
  }

  /** Runs the call on behalf of the operator. The state becomes `failed` if the call fails. */
  async approve(caller: Caller, id: string, digest?: string): Promise<Approval> {
    const record = await this.#open(caller, id);
    const seen = digest ?? this.#shown.get(id) ?? record.digest;
    const state = await this.#inputsOf(record);
    const now = approvalDigest(record, state);
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
    const decided = await this.#records.decide(caller, record, { state: 'approved' });
    const outcome = await this.#carryOut(decided, state);
    const ended = await this.#records.settle(decided, outcome);
    return shownApproval(ended, now);
  }

  async deny(caller: Caller, id: string, reason?: string): Promise<Approval> {
    const record = await this.#open(caller, id);
    const why = reason === undefined ? {} : { reason: toPrintableAscii(reason, 500) };
    return shownApproval(await this.#records.decide(caller, record, { state: 'denied', ...why }), record.digest);
  }

  /** Never rejects. */
  async #carryOut(record: ApprovalRecord, approved: unknown): Promise<ApprovalOutcome> {
    try {
      const result = await this.#actionOf(record).run({ ...callOf(record), approved });
      const isShort = JSON.stringify(result).length <= MAX_RESULT_LENGTH;
      return { result: isShort ? result : { done: true, note: 'the result is too long to be kept' } };
    } catch (error) {
      const failed = isClarityError(error) ? error : new ClarityError('INTERNAL', record.id, { cause: error });
      return { failure: failed.failure };
    }
  }

  async #newRecord(caller: Caller, key: string, request: ApprovalRequest): Promise<ApprovalRecord> {
    const { clock, entropy } = this.#dependencies;
    const now = clock.wall().getTime();
    const { tenant, principal, credential, door, grants, client } = caller;
    const shown = client && {
      client: { name: toPrintableAscii(client.name), version: toPrintableAscii(client.version) },
    };
    const record = {
      schema: 1 as const,
      key,
      id: hex(entropy.bytes(6)),
      owner: principalKey(caller),
      caller: { tenant, principal, credential, door, grants, ...shown },
      tool: request.tool,
      arguments: request.arguments,
      digest: '',
      requestedAt: new Date(now).toISOString(),
      expiresAt: new Date(now + TTL_MS).toISOString(),
      state: 'pending' as const,
    };
    return { ...record, digest: await this.#digestOf(record) };
  }

  async #open(caller: Caller, id: string): Promise<ApprovalRecord> {
    await this.#assertOperator(caller, 'decide on a request');
    await this.#records.refresh();
    const record = this.#records.live().find((each) => each.id === id);
    if (record?.state !== 'pending') throw decidedBefore(id, record);
    return record;
  }

  /** Rejects the entry points of models, whatever grants the caller has. */
  #assertOperator(caller: Caller, action: string): Promise<void> {
    return this.#dependencies.guard.require(caller, 'approve', { action });
  }

  async #digestOf(record: ApprovalRecord): Promise<string> {
    return approvalDigest(record, await this.#inputsOf(record));
  }

  async #inputsOf(record: ApprovalRecord): Promise<unknown> {
    return (await this.#actionOf(record).inputs?.(callOf(record))) ?? null;
  }

  #actionOf({ tool }: ApprovalRecord): ApprovedAction {
    const found = this.#dependencies.actionOf(tool);
    if (found === undefined) throw new ClarityError('TOOL_NOT_FOUND', toPrintableAscii(tool));
    return found;
  }
}

/** The original request may have ended when the operator decides, so the call gets a signal of its own. */
const callOf = ({ caller, arguments: args }: ApprovalRecord): ApprovedCall => ({
  caller,
  args: args as ApprovedCall['args'],
  signal: new AbortController().signal,
});

/** Key of a request: the same caller, tool and arguments find the same request. */
const keyOf = (caller: Caller, { tool, arguments: args }: ApprovalRequest): string => {
  const { kind, id, door } = callerRecord(caller);
  return sha256Hex(canonicalJson([kind, id, door, tool, args]));
};
