import type { AuditLog } from '../application/audit/audit-log.ts';
import type { EventBus } from '../application/audit/event-bus.ts';
import type { PolicyCatalog } from '../application/calls/policy-catalog.ts';
import type { ServiceCatalog } from '../application/services/service-catalog.ts';
import type { ServiceSupervisor } from '../application/services/service-supervisor.ts';
import { systemCaller, type Caller } from '../domain/access/caller.ts';
import type { RuntimeEventMap, RuntimeEventName } from '../domain/audit/runtime-event.ts';
import type { ApprovalOperations } from '../ports/inbound/approval-operations.ts';
import type { AuditTrail } from '../ports/inbound/audit-trail.ts';
import type { ClientSetupOperations } from '../ports/inbound/client-setup.ts';
import type { ExplainOperation, Explanation } from '../ports/inbound/explanation.ts';
import type { InterfaceReviews } from '../ports/inbound/interface-reviews.ts';
import type { McpGateway } from '../ports/inbound/mcp-gateway.ts';
import type { PolicyOperations } from '../ports/inbound/policy-operations.ts';
import type { Runtime, RuntimeInstance } from '../ports/inbound/runtime.ts';
import type {
  LimitCounts,
  RuntimeMetrics,
  RuntimeMetricsReader,
  StorageState,
} from '../ports/inbound/runtime-metrics.ts';
import type { SecretOperations } from '../ports/inbound/secret-operations.ts';
import type { ServiceOperations } from '../ports/inbound/service-operations.ts';
import type { ToolOperations } from '../ports/inbound/tool-operations.ts';
import type { Lifetime } from './lifetime.ts';

/** The inbound ports of one runtime. */
export interface InboundPorts {
  readonly instance: RuntimeInstance;
  readonly services: ServiceOperations;
  readonly secrets: SecretOperations;
  readonly bootstrap: ClientSetupOperations;
  readonly policies: PolicyOperations;
  readonly gateway: McpGateway;
  readonly tools: ToolOperations;
  readonly audit: AuditTrail;
  readonly interfaces: InterfaceReviews;
  readonly approvals: ApprovalOperations;
  readonly explanations: ExplainOperation;
  readonly metrics: RuntimeMetricsReader;
  readonly systemTools: readonly string[];
}

/** The parts that start and end with a runtime. */
export interface RuntimeParts {
  readonly audit: AuditLog;
  readonly catalog: ServiceCatalog;
  readonly events: EventBus;
  readonly lifetime: Lifetime;
  readonly policies: PolicyCatalog;
  readonly supervisor: ServiceSupervisor;
}

/** The runtime over the parts of one container. */
export class ContainerRuntime implements Runtime {
  readonly instance: RuntimeInstance;
  readonly services: ServiceOperations;
  readonly secrets: SecretOperations;
  readonly bootstrap: ClientSetupOperations;
  readonly policies: PolicyOperations;
  readonly gateway: McpGateway;
  readonly tools: ToolOperations;
  readonly audit: AuditTrail;
  readonly interfaces: InterfaceReviews;
  readonly approvals: ApprovalOperations;
  readonly systemTools: readonly string[];
  readonly #explanations: ExplainOperation;
  readonly #metrics: RuntimeMetricsReader;
  readonly #parts: RuntimeParts;
  #closed: Promise<void> | undefined;

  constructor(ports: InboundPorts, parts: RuntimeParts) {
    this.instance = ports.instance;
    this.services = ports.services;
    this.secrets = ports.secrets;
    this.bootstrap = ports.bootstrap;
    this.policies = ports.policies;
    this.gateway = ports.gateway;
    this.tools = ports.tools;
    this.audit = ports.audit;
    this.interfaces = ports.interfaces;
    this.approvals = ports.approvals;
    this.systemTools = ports.systemTools;
    this.#explanations = ports.explanations;
    this.#metrics = ports.metrics;
    this.#parts = parts;
  }

  get limits(): LimitCounts {
    return this.#metrics.limits;
  }

  explain(caller: Caller, tool: string, subject?: Caller): Promise<Explanation> {
    return this.#explanations.explain(caller, tool, subject);
  }

  storage(): StorageState {
    return this.#metrics.storage();
  }

  metrics(): RuntimeMetrics {
    return this.#metrics.metrics();
  }

  on<Name extends RuntimeEventName>(name: Name, listener: (event: RuntimeEventMap[Name]) => void): () => void {
    return this.#parts.events.on(name, listener);
  }

  /** Reads policies and services from their registries. Starts no service. */
  async load(): Promise<void> {
    const { catalog, policies, supervisor } = this.#parts;
    await policies.load('default');
    await catalog.load('default');
    for (const { serviceId } of catalog.all()) supervisor.adopt(serviceId);
    await this.#record('started');
  }

  async autostart(): Promise<void> {
    const { catalog, supervisor } = this.#parts;
    const wanted = catalog.all().filter(({ manifest: { spec }, hold }) => spec.enabled && spec.autostart && !hold);
    await Promise.allSettled(wanted.map(({ serviceId }) => supervisor.start(systemCaller, serviceId, 'own')));
  }

  close(): Promise<void> {
    return (this.#closed ??= this.#close());
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    const { events, lifetime, supervisor } = this.#parts;
    events.publish('runtime.closing', { instance: this.instance.id });
    const errors: unknown[] = [];
    await supervisor.close().catch((error: unknown) => errors.push(error));
    await this.#record('stopped');
    errors.push(...(await lifetime.end()));
    if (errors.length > 0) throw new AggregateError(errors, 'the runtime did not close cleanly');
  }

  #record(word: 'started' | 'stopped'): Promise<void> {
    const { id, version } = this.instance;
    return this.#parts.audit.settle({
      kind: `runtime.${word}`,
      level: 'info',
      message: `Runtime ${word}`,
      caller: systemCaller,
      data: { instance: id, version },
    });
  }
}
