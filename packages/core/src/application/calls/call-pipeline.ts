import { DEFAULT_CIRCUIT_BREAKER, type CircuitBreakerOptions } from '../../domain/calls/circuit-breaker.ts';
import type { CallLimits } from '../../domain/calls/call-limits.ts';
import type { CallLoad } from '../../domain/calls/call-metrics.ts';
import type { Failure } from '../../domain/errors/clarity-error.ts';
import type { McpReply } from '../../domain/mcp/mcp.ts';
import type { CallPolicy, OriginType } from '../../domain/services/manifest.ts';
import type { Service } from '../../domain/services/service.ts';
import type { CallStage, Clock, Entropy, PolicyRegistry, ToolCall } from '../../ports/index.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import type { LimitCounters } from '../audit/counters.ts';
import type { ServiceSupervisor } from '../services/service-supervisor.ts';
import { CallDenials } from './call-denials.ts';
import { CallLimiter } from './call-limiter.ts';
import { CallRecovery } from './call-recovery.ts';
import { CircuitBreakers } from './circuit-breakers.ts';
import { GrantLimiter } from './grant-limiter.ts';
import { PolicyCatalog } from './policy-catalog.ts';
import { PolicyStage } from './policy-stage.ts';

export type CallHandler<C extends ToolCall> = (call: C) => Promise<McpReply>;

/**
 * Ordered stages of every `tools/call` between its route and the bridge: stages of the embedder, then `grant`, `policy`,
 * `limit`, `circuit` and `recover`.
 * A call takes its slot before the circuit counts it. The circuit counts it once, regardless of the retries of
 * `recover`.
 */
export class CallPipeline {
  readonly stages: readonly CallStage[];

  constructor(stages: readonly CallStage[]) {
    this.stages = stages;
  }

  /** Returns a handler that passes a call through every stage to `send`. Compose once, not per call. */
  compose<C extends ToolCall>(send: CallHandler<C>): CallHandler<C> {
    return this.stages.reduceRight((next: CallHandler<C>, stage) => (call) => stage.run(call, next), send);
  }
}

export interface CallPipelineDependencies {
  readonly registry: PolicyRegistry;
  readonly supervisor: ServiceSupervisor;
  readonly audit: AuditLog;
  readonly clock: Clock;
  readonly entropy: Entropy;
  /** Limits that a connector declares for its kind of service. */
  readonly defaultLimits: (origin: OriginType) => CallLimits | undefined;
  /** Policy of a type, for settings that neither the manifest nor its policy contains. */
  readonly defaults: (origin: OriginType) => CallPolicy;
  readonly recoveryTimeoutMs: number;
  readonly limitCounters: LimitCounters;
  readonly circuit: Partial<CircuitBreakerOptions> | undefined;
  /** Stages of the embedder, in order. */
  readonly stages?: readonly CallStage[];
}

/** The call pipeline and the stages that other parts of the runtime use. */
export interface CallGovernance {
  readonly pipeline: CallPipeline;
  readonly policies: PolicyCatalog;
  readonly circuits: CircuitBreakers;
  /** Returns true if clients see the tool. */
  readonly isVisible: (service: Service, tool: string) => boolean;
  /** Visibility and admission of prompts and resources. */
  readonly contents: Pick<PolicyStage, 'isContentVisible' | 'admitContent'>;
  /** Returns the denial that every call of the tool gets; undefined if the tool may be called. */
  readonly denialOf: (service: Service, tool: string) => Failure | undefined;
  readonly load: (serviceId: string) => CallLoad;
  /** Waits until the service of a request that does not pass the pipeline runs. Never rejects. */
  readonly awaitStart: CallRecovery['awaitStart'];
  /** Drops the state of a removed service. */
  readonly forget: (serviceId: string) => void;
}

export const DEFAULT_RECOVERY_TIMEOUT_MS = 10_000;

/** Creates the pipeline with its stages and catalogs. */
export function createCallPipeline(dependencies: CallPipelineDependencies): CallGovernance {
  const { supervisor, audit, clock, entropy, recoveryTimeoutMs, defaultLimits } = dependencies;
  const { registry, defaults } = dependencies;
  const policies = new PolicyCatalog({ registry, audit, clock, entropy, defaults });
  const denials = new CallDenials(audit, dependencies.limitCounters);
  const policy = new PolicyStage({ policies, denials, defaultLimits });
  const limiter = new CallLimiter(policies, denials, clock, new GrantLimiter(clock));
  const rules = { ...DEFAULT_CIRCUIT_BREAKER, ...dependencies.circuit };
  const circuits = new CircuitBreakers({ supervisor, audit, clock, entropy, rules });
  const recovery = new CallRecovery({
    restarter: supervisor,
    clock,
    entropy,
    recoveryTimeoutMs,
    toolOf: (serviceId, name) => supervisor.snapshot(serviceId)?.tools.find((tool) => tool.name === name),
  });
  return {
    pipeline: new CallPipeline([...(dependencies.stages ?? []), policy, limiter, circuits, recovery]),
    policies,
    circuits,
    isVisible: (service, tool) => policy.isVisible(service, tool),
    contents: policy,
    denialOf: (service, tool) => policy.denialOf(service, tool),
    load: (serviceId) => {
      const circuit = circuits.report(serviceId);
      return { ...limiter.load(serviceId), ...(circuit === undefined ? {} : { circuit }) };
    },
    awaitStart: recovery.awaitStart.bind(recovery),
    forget: (serviceId) => {
      for (const part of [policies, denials, policy, limiter, circuits, recovery]) part.forget(serviceId);
    },
  };
}
