import type { Caller } from '../../domain/access/caller.ts';
import type { ToolDefinition } from '../../domain/interfaces/interface-snapshot.ts';
import type { McpParams } from '../../domain/mcp/mcp.ts';
import type { Service } from '../../domain/services/service.ts';
import { CallRecovery } from './call-recovery.ts';
import { CircuitBreakers } from './circuit-breakers.ts';
import { type CallTerms, PolicyStage, type GateLimits } from './policy-stage.ts';
import type { Failure } from '../../domain/errors/clarity-error.ts';
import type { Clock, Entropy, PolicyRegistry } from '../../ports/index.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import { DEFAULT_CIRCUIT_BREAKER, type CircuitBreakerOptions } from '../../domain/calls/circuit-breaker.ts';
import type { LimitCounters } from '../audit/counters.ts';
import type { ServiceSupervisor } from '../services/service-supervisor.ts';
import type { CallLoad } from '../../domain/calls/call-metrics.ts';
import { PolicyCatalog, type CallDefaults } from './policy-catalog.ts';

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
export interface AttemptOptions extends CallTerms {
  /** To be called before the service can have read it. */
  onSent(): void;
}

export interface CallPipelineStages {
  readonly gate: PolicyStage;
  readonly circuits: CircuitBreakers;
  readonly recovery: CallRecovery;
  readonly toolOf: (serviceId: string, tool: string) => ToolDefinition | undefined;
}

/**
 * What every call of a tool goes through, whichever way it is sent: the policy of its service, then its circuit, then the
 * recovery. So the circuit counts calls that the policy lets through, each once, however often they were sent.
 */
export class CallPipeline {
  readonly #stations: CallPipelineStages;

  constructor(stations: CallPipelineStages) {
    this.#stations = stations;
  }

  /** Whether clients are shown the tool. */
  offers(service: Service, tool: string): boolean {
    return this.#stations.gate.offers(service, tool);
  }

  /** Calls `send` when the call may go, and again when that is safe. Rejects with a `ClarityError`. */
  run<T>(call: RoadCall, send: (terms: AttemptOptions) => Promise<T>): Promise<T> {
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

export interface CallPipelineDependencies {
  readonly registry: PolicyRegistry;
  readonly supervisor: ServiceSupervisor;
  readonly audit: AuditLog;
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly limits: GateLimits;
  readonly defaults: CallDefaults;
  readonly recoveryTimeoutMs: number;
  readonly refusals: LimitCounters;
  readonly circuit: Partial<CircuitBreakerOptions> | undefined;
}

/** The road of calls with what stands along it. */
export interface CallPipelineSet {
  readonly calls: CallPipeline;
  readonly policies: PolicyCatalog;
  readonly circuits: CircuitBreakers;
  /** What a tool is refused for whatever the arguments are. */
  readonly refusal: (service: Service, tool: string) => Failure | undefined;
  readonly load: (serviceId: string) => CallLoad;
  /** The service is gone. */
  readonly forget: (serviceId: string) => void;
}

export const DEFAULT_RECOVERY_TIMEOUT_MS = 10_000;

/** Puts the policy and the recovery of calls together. */
export function createCallPipeline(parts: CallPipelineDependencies): CallPipelineSet {
  const { supervisor, audit, clock, entropy, recoveryTimeoutMs } = parts;
  const policies = new PolicyCatalog(parts.registry, entropy, parts.defaults);
  const gate = new PolicyStage({ ...parts, policies });
  const recovery = new CallRecovery({ reviver: supervisor, clock, entropy, recoveryTimeoutMs });
  const circuits = new CircuitBreakers({
    keeper: supervisor,
    audit,
    clock,
    entropy,
    rules: { ...DEFAULT_CIRCUIT_BREAKER, ...parts.circuit },
  });
  const toolOf = (serviceId: string, name: string) =>
    supervisor.snapshot(serviceId)?.tools.find((tool) => tool.name === name);
  return {
    policies,
    circuits,
    refusal: (service, tool) => gate.verdict(service, tool),
    calls: new CallPipeline({ gate, circuits, recovery, toolOf }),
    load: (serviceId) => {
      const circuit = circuits.report(serviceId);
      return { ...gate.load(serviceId), ...(circuit === undefined ? {} : { circuit }) };
    },
    forget: (serviceId) => {
      gate.forget(serviceId);
      recovery.forget(serviceId);
      circuits.forget(serviceId);
    },
  };
}
