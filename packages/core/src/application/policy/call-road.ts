import type { Caller } from '../../domain/caller.ts';
import type { ToolDefinition } from '../../domain/interface-snapshot.ts';
import type { McpParams } from '../../domain/mcp.ts';
import type { Service } from '../../domain/service.ts';
import type { CallRecovery } from '../recovery/call-recovery.ts';
import type { CallTerms, PolicyGate } from './policy-gate.ts';

/** A call of a tool on its way to its service. */
export interface RoadCall {
  readonly service: Service;
  /** The service's own name for it. */
  readonly tool: string;
  readonly caller: Caller;
  readonly params: McpParams;
  readonly signal: AbortSignal;
}

/** What one attempt to send it may take, and what it has to tell. */
export interface RoadTerms extends CallTerms {
  /** To be called before the service can have read it. */
  onSent(): void;
}

/** What every call of a tool goes through, whichever way it is sent: the policy of its service, then the recovery. */
export class CallRoad {
  readonly #gate: PolicyGate;
  readonly #recovery: CallRecovery;
  readonly #toolOf: (serviceId: string, tool: string) => ToolDefinition | undefined;

  constructor(
    gate: PolicyGate,
    recovery: CallRecovery,
    toolOf: (serviceId: string, tool: string) => ToolDefinition | undefined,
  ) {
    this.#gate = gate;
    this.#recovery = recovery;
    this.#toolOf = toolOf;
  }

  /** Whether clients are shown the tool. */
  offers(service: Service, tool: string): boolean {
    return this.#gate.offers(service, tool);
  }

  /** Calls `send` when the call may go, and again when that is safe. Rejects with a `ClarityError`. */
  run<T>(call: RoadCall, send: (terms: RoadTerms) => Promise<T>): Promise<T> {
    const { service, tool, signal } = call;
    return this.#gate.pass({ ...call, requestBytes: bytesOf(call.params) }, (terms) =>
      this.#recovery.run(
        {
          serviceId: service.serviceId,
          totalMs: terms.totalMs,
          signal,
          isRepeatable: () => isRepeatable(this.#toolOf(service.serviceId, tool)),
        },
        (attempt) => send({ ...terms, ...attempt }),
      ),
    );
  }
}

/** Bytes of the parameters as they were written. */
function bytesOf(params: McpParams): number {
  let sum = 2;
  for (const [name, { bytes }] of params) sum += name.length + bytes.length + 4;
  return sum;
}

/** The service itself says that a second call changes nothing more. */
function isRepeatable(tool: ToolDefinition | undefined): boolean {
  const written = Object(tool?.raw.value) as { readonly annotations?: unknown };
  const { readOnlyHint, idempotentHint } = Object(written.annotations) as Readonly<Record<string, unknown>>;
  return readOnlyHint === true || idempotentHint === true;
}
