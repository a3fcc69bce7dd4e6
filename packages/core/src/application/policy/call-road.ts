import type { Caller } from '../../domain/access/caller.ts';
import type { ToolDefinition } from '../../domain/interfaces/interface-snapshot.ts';
import type { McpParams } from '../../domain/mcp/mcp.ts';
import type { Service } from '../../domain/services/service.ts';
import type { CallRecovery } from '../recovery/call-recovery.ts';
import type { ServiceCircuits } from '../recovery/service-circuits.ts';
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

export interface CallRoadStations {
  readonly gate: PolicyGate;
  readonly circuits: ServiceCircuits;
  readonly recovery: CallRecovery;
  readonly toolOf: (serviceId: string, tool: string) => ToolDefinition | undefined;
}

/**
 * What every call of a tool goes through, whichever way it is sent: the policy of its service, then its circuit, then the
 * recovery. So the circuit counts calls that the policy lets through, each once, however often they were sent.
 */
export class CallRoad {
  readonly #stations: CallRoadStations;

  constructor(stations: CallRoadStations) {
    this.#stations = stations;
  }

  /** Whether clients are shown the tool. */
  offers(service: Service, tool: string): boolean {
    return this.#stations.gate.offers(service, tool);
  }

  /** Calls `send` when the call may go, and again when that is safe. Rejects with a `ClarityError`. */
  run<T>(call: RoadCall, send: (terms: RoadTerms) => Promise<T>): Promise<T> {
    const { service, tool, signal } = call;
    const { gate, circuits, recovery, toolOf } = this.#stations;
    const { serviceId } = service;
    return gate.pass({ ...call, requestBytes: bytesOf(call.params) }, (terms) => {
      const isRepeatableCall = (): boolean => isRepeatable(toolOf(serviceId, tool));
      const held = { serviceId, totalMs: terms.totalMs, signal, isRepeatable: isRepeatableCall };
      return circuits.run(service, signal, () => recovery.run(held, (attempt) => send({ ...terms, ...attempt })));
    });
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
