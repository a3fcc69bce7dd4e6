import type { CallerRecord } from '../access/caller.ts';
import type { ErrorCode } from '../errors/error-table.ts';

/** End of a tool call for people: `denied` by a grant, a policy or a limit. */
export type CallVerdict = 'ok' | 'tool_error' | 'error' | 'denied';

/** One ended tool call, without its arguments and its result. */
export interface CallRecord {
  /** Number of the call in this process, from 1. */
  readonly seq: number;
  /** Wall clock in milliseconds at the end of the call. */
  readonly endedAtMs: number;
  readonly serviceId: string;
  readonly namespace: string;
  /** Printable name at the service. */
  readonly tool: string;
  readonly outcome: CallVerdict;
  /** Code and message of the failure, unless the service reported it itself. */
  readonly code?: ErrorCode;
  readonly reason?: string;
  readonly durationMs: number;
  readonly requestBytes: number;
  readonly responseBytes: number;
  readonly caller: CallerRecord;
  /** Name and version as the client claims. */
  readonly client?: { readonly name: string; readonly version: string };
}

/** Criteria of a search in the ended calls. They combine with "and". */
export interface CallFilter {
  /** Service id or namespace. */
  readonly service?: string | undefined;
  /** Claimed name of the client, or id of the caller. */
  readonly client?: string | undefined;
  readonly outcome?: CallVerdict | undefined;
  readonly minMs?: number | undefined;
}

/** Returns whether a call meets every criterion. */
export function matchesCall(call: CallRecord, { service, client, outcome, minMs }: CallFilter): boolean {
  return (
    (service === undefined || call.serviceId === service || call.namespace === service) &&
    (client === undefined || call.client?.name === client || call.caller.id === client) &&
    (outcome === undefined || call.outcome === outcome) &&
    (minMs === undefined || call.durationMs >= minMs)
  );
}

/** The newest ended calls, at most `capacity`. */
export class CallRing {
  readonly #capacity: number;
  readonly #calls: CallRecord[] = [];
  #last = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** Number of the newest call; 0 before the first. */
  get last(): number {
    return this.#last;
  }

  /** Numbers a call and keeps it. Hot path. */
  push(call: Omit<CallRecord, 'seq'>): CallRecord {
    this.#last += 1;
    const record = { ...call, seq: this.#last };
    this.#calls[this.#last % this.#capacity] = record;
    return record;
  }

  /** Returns the calls with a number below `before` that pass the filter, newest first, at most `limit`. */
  newest(limit: number, passes: (call: CallRecord) => boolean, before = Infinity): readonly CallRecord[] {
    const found: CallRecord[] = [];
    const oldest = Math.max(1, this.#last - this.#capacity + 1);
    for (let seq = Math.min(before - 1, this.#last); seq >= oldest && found.length < limit; seq -= 1) {
      const call = this.#calls[seq % this.#capacity];
      if (call !== undefined && passes(call)) found.push(call);
    }
    return found;
  }
}
