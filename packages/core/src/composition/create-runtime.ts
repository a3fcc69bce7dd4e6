import { AuditLog } from '../application/audit/audit-log.ts';
import { AuditTimeline } from '../application/use-cases/audit-timeline.ts';
import { CallCounter, LimitCounters } from '../application/audit/counters.ts';
import { ClientSetup } from '../application/use-cases/client-setup.ts';
import { EventBus } from '../application/audit/event-bus.ts';
import { createGateway, type RuntimeGateway } from '../application/gateway/create-gateway.ts';
import { UpstreamObserver } from '../application/gateway/upstream-observer.ts';
import { Guard } from '../application/use-cases/guard.ts';
import { HealthProbe } from '../application/services/health-probe.ts';
import { readRuntimeMetrics } from './runtime-metrics.ts';
import { InterfaceReviewer } from '../application/use-cases/interface-review.ts';
import { CALL_DEFAULTS, createCallPipeline, DEFAULT_RECOVERY_TIMEOUT_MS } from '../application/calls/call-pipeline.ts';
import { PolicyUseCases } from '../application/use-cases/policy-use-cases.ts';
import { QuarantineStore } from '../application/services/quarantine-store.ts';
import type { RuntimeOptions } from './runtime-options.ts';
import { secretFileCredentials } from '../application/use-cases/credentials.ts';
import { Secrets } from '../application/use-cases/secrets.ts';
import { ServiceCatalog } from '../application/services/service-catalog.ts';
import { ServiceUseCases } from '../application/use-cases/service-use-cases.ts';
import { ServiceSupervisor } from '../application/services/service-supervisor.ts';
import { DEFAULT_SUPERVISION } from '../application/services/supervision-options.ts';
import { ToolUseCases } from '../application/use-cases/tool-use-cases.ts';
import { systemCaller } from '../domain/access/caller.ts';
import { DEFAULT_MAX_TOOL_NAME } from '../domain/services/tool-names.ts';
import { MemoryPolicyRegistry, MemorySecretStore, MemoryServiceRegistry, MemoryTelemetry } from '../memory/index.ts';
import type { ClientConfigs, Telemetry } from '../ports/index.ts';
import { parseManifest, parsePolicy } from '../validation/index.ts';
import { composeControl } from './bind-control.ts';
import { Container } from './container.ts';
import type { RuntimeAdapters } from './runtime-adapters.ts';
import type { Runtime } from '../ports/inbound/runtime.ts';
import type { StorageState } from '../ports/inbound/runtime-metrics.ts';
import { systemClock } from './system-clock.ts';
import { systemEntropy } from './system-entropy.ts';
import { CLOCK, ENTROPY, POLICY_REGISTRY, SERVICE_CONNECTORS, SERVICE_REGISTRY, TELEMETRY } from './tokens.ts';
import { hex } from '../domain/text/hex.ts';

const VERSION = '0.1.0';
const MAX_REPLY_BYTES = 10 * 1024 * 1024;

/** Loads what the registry remembers; nothing is started before `autostart`. The runtime owns the adapters it is given. */
export async function createRuntime(adapters: RuntimeAdapters = {}, options: RuntimeOptions = {}): Promise<Runtime> {
  const container = new Container()
    .value(SERVICE_REGISTRY, adapters.registry ?? new MemoryServiceRegistry())
    .value(TELEMETRY, adapters.telemetry ?? new MemoryTelemetry())
    .value(POLICY_REGISTRY, adapters.policies ?? new MemoryPolicyRegistry())
    .value(SERVICE_CONNECTORS, adapters.connectors ?? [])
    .value(CLOCK, adapters.clock ?? systemClock)
    .value(ENTROPY, adapters.entropy ?? systemEntropy);
  const registry = container.get(SERVICE_REGISTRY);
  const policyRegistry = container.get(POLICY_REGISTRY);
  const telemetry = container.get(TELEMETRY);
  const clock = container.get(CLOCK);
  const entropy = container.get(ENTROPY);
  const connectors = new Map(container.get(SERVICE_CONNECTORS).map((connector) => [connector.origin, connector]));

  const version = options.version ?? VERSION;
  const maxReplyBytes = options.maxReplyBytes ?? MAX_REPLY_BYTES;
  const limits = { callTimeoutMs: options.callTimeoutMs ?? 0, maxReplyBytes };
  const events = new EventBus();
  const audit = new AuditLog(telemetry, events, clock);
  const tally = new CallCounter();
  const guard = new Guard(audit);
  const timeline = new AuditTimeline(telemetry, guard);
  const catalog = new ServiceCatalog(registry, connectors, entropy);
  const refusals = new LimitCounters();
  const facts = new UpstreamObserver((what) => {
    refusals.count(what);
  });
  const watched = new Map([...connectors].map(([origin, connector]) => [origin, facts.observe(connector)]));
  const supervision = { ...DEFAULT_SUPERVISION, ...options.supervision };
  const changed = (serviceId: string): void => {
    gateway.changed(serviceId);
    events.publish('tools.changed', { serviceId });
  };
  const supervisor = new ServiceSupervisor({
    connectors: watched,
    audit,
    clock,
    entropy,
    supervision,
    maxReplyBytes,
    refusals,
    probe: new HealthProbe(clock, entropy, supervision),
    holds: new QuarantineStore(catalog, audit, clock),
    find: (serviceId) => catalog.find(serviceId),
    changed: (serviceId) => {
      if (catalog.find(serviceId) === undefined) {
        road.forget(serviceId);
        tally.forget(serviceId);
      }
      road.circuits.changed(serviceId);
      watch.observe(serviceId);
      changed(serviceId);
    },
  });
  const road = createCallPipeline({
    registry: policyRegistry,
    supervisor,
    audit,
    clock,
    entropy,
    limits,
    defaults: { ...CALL_DEFAULTS, ...options.callDefaults },
    recoveryTimeoutMs: options.recoveryTimeoutMs ?? DEFAULT_RECOVERY_TIMEOUT_MS,
    refusals,
    circuit: options.circuit,
  });
  const snapshot = (serviceId: string) => supervisor.snapshot(serviceId);
  const watch = new InterfaceReviewer({ catalog, audit, guard, clock, snapshot, changed });
  const policies = new PolicyUseCases({
    policies: road.policies,
    catalog,
    audit,
    guard,
    changed,
    readPolicy: parsePolicy,
  });
  const services = new ServiceUseCases({
    catalog,
    supervisor,
    audit,
    timeline,
    guard,
    clock,
    cleaner: adapters.cleaner,
    load: road.load,
    circuits: road.circuits,
    readManifest: (input) => policies.admit(parseManifest(input)),
  });
  const store = adapters.secretStore ?? new MemorySecretStore();
  const providers = adapters.credentialProviders ?? [secretFileCredentials(store)];
  const secrets = new Secrets({ store, providers, audit, entropy });

  const startedAt = clock.wall().toISOString();
  const naming = { maxLength: options.maxToolName ?? DEFAULT_MAX_TOOL_NAME, prefix: options.prefix ?? 'always' };
  const parts = { catalog, supervisor, services, secrets, timeline, audit, guard, clock, entropy, watch, road, naming };
  const control = composeControl({ ...parts, adapters, options, startedAt, endpoints: () => gateway.endpoints });
  const gateway: RuntimeGateway = createGateway({
    offer: control.offer,
    supervisor,
    connectors,
    facts,
    calls: road.calls,
    refusals,
    audit,
    tally,
    clock,
    entropy,
    limits,
    naming,
    serverInfo: { name: 'clarity-runtime', title: 'Clarity Runtime', version },
  });
  const tools = new ToolUseCases(gateway);

  await road.policies.load('default');
  await catalog.load('default');
  for (const { serviceId } of catalog.all()) supervisor.adopt(serviceId);
  const instance = { id: hex(entropy.bytes(8)), version, startedAt };
  const mark = (word: 'started' | 'stopped'): Promise<void> =>
    audit.settle({
      kind: `runtime.${word}`,
      level: 'info',
      message: `Runtime ${word}`,
      caller: systemCaller,
      data: { instance: instance.id, version },
    });
  await mark('started');

  const autostart = async (): Promise<void> => {
    const wanted = catalog.all().filter(({ manifest: { spec }, hold }) => spec.enabled && spec.autostart && !hold);
    await Promise.allSettled(wanted.map(({ serviceId }) => supervisor.start(systemCaller, serviceId, 'own')));
  };
  let closed: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    events.publish('runtime.closing', { instance: instance.id });
    await supervisor.close();
    await mark('stopped');
    for (const part of [telemetry, registry, policyRegistry, ...(adapters.owned ?? [])])
      await part[Symbol.asyncDispose]();
  };
  const closeOnce = (): Promise<void> => (closed ??= close());

  return {
    instance,
    services,
    secrets,
    bootstrap: new ClientSetup(adapters.clientConfigs ?? noClients, audit),
    policies,
    gateway,
    listTools: (caller, service) => tools.list(caller, service),
    callTool: (caller, call) => tools.call(caller, call),
    audit: {
      record: (event) => audit.record(event),
      recent: async (caller, query) => (await timeline.page(caller, query)).items,
      page: (caller, filter) => timeline.page(caller, filter),
      replay: (caller, after, limit) => timeline.replay(caller, after, limit),
      verify: (caller, expect) => timeline.verify(caller, expect),
      logs: async (caller, serviceId, limit) => {
        catalog.get(serviceId);
        return timeline.logs(caller, serviceId, limit);
      },
    },
    interfaces: watch,
    approvals: control.approvals,
    explain: (caller, tool, subject) => control.explain.explain(caller, tool, subject),
    systemTools: control.systemTools,
    limits: refusals,
    storage: () => storageState(telemetry, audit.unwritten),
    metrics: () => readRuntimeMetrics({ calls: tally, refusals, audit, telemetry, catalog }),
    autostart,
    on: (name, listener) => events.on(name, listener),
    close: closeOnce,
    [Symbol.asyncDispose]: closeOnce,
  };
}

const storageState = ({ health }: Telemetry, unwritten: number): StorageState => ({
  state: health.state,
  ...(health.reason === undefined ? {} : { reason: health.reason }),
  unwritten,
  droppedBefore: health.droppedBefore,
});

const noClients: ClientConfigs = {
  clients: [],
  entry: () => {
    throw new Error('there is no client to make an entry for');
  },
};
