import type { Failure } from '../../domain/errors/clarity-error.ts';
import type { Service } from '../../domain/services/service.ts';
import type { Clock, Entropy, PolicyRegistry } from '../../ports/index.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import { CIRCUIT, type CircuitRules } from '../../domain/calls/circuit-breaker.ts';
import { CallRecovery } from '../recovery/call-recovery.ts';
import type { Refusals } from '../audit/counters.ts';
import { ServiceCircuits } from '../recovery/service-circuits.ts';
import type { ServiceSupervisor } from '../services/service-supervisor.ts';
import type { CallLoad } from '../../domain/calls/call-metrics.ts';
import { CallRoad } from './call-road.ts';
import { PolicyCatalog, type CallDefaults } from './policy-catalog.ts';
import { PolicyGate, type GateLimits } from './policy-gate.ts';

export interface CallRoadParts {
  readonly registry: PolicyRegistry;
  readonly supervisor: ServiceSupervisor;
  readonly audit: AuditLog;
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly limits: GateLimits;
  readonly defaults: CallDefaults;
  readonly holdMs: number;
  readonly refusals: Refusals;
  readonly circuit: Partial<CircuitRules> | undefined;
}

/** The road of calls with what stands along it. */
export interface CallRoadSet {
  readonly calls: CallRoad;
  readonly policies: PolicyCatalog;
  readonly circuits: ServiceCircuits;
  /** What a tool is refused for whatever the arguments are. */
  readonly refusal: (service: Service, tool: string) => Failure | undefined;
  readonly load: (serviceId: string) => CallLoad;
  /** The service is gone. */
  readonly forget: (serviceId: string) => void;
}

/** What other people's servers may cost where nobody says otherwise. */
export const CALL_DEFAULTS: CallDefaults = {
  remote_mcp: { timeoutMs: 20_000, maxRequestBytes: 1_048_576, maxResponseBytes: 1_048_576, maxConcurrency: 8 },
};

export const HOLD_MS = 10_000;

/** Puts the policy and the recovery of calls together. */
export function createCallRoad(parts: CallRoadParts): CallRoadSet {
  const { supervisor, audit, clock, entropy, holdMs } = parts;
  const policies = new PolicyCatalog(parts.registry, entropy, parts.defaults);
  const gate = new PolicyGate({ ...parts, policies });
  const recovery = new CallRecovery({ reviver: supervisor, clock, entropy, holdMs });
  const circuits = new ServiceCircuits({
    keeper: supervisor,
    audit,
    clock,
    entropy,
    rules: { ...CIRCUIT, ...parts.circuit },
  });
  const toolOf = (serviceId: string, name: string) =>
    supervisor.snapshot(serviceId)?.tools.find((tool) => tool.name === name);
  return {
    policies,
    circuits,
    refusal: (service, tool) => gate.verdict(service, tool),
    calls: new CallRoad({ gate, circuits, recovery, toolOf }),
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
