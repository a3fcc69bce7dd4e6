import { AuditLog, type AuditEntry } from '../application/audit/audit-log.ts';
import { LimitCounters } from '../application/audit/counters.ts';
import { EventBus } from '../application/audit/event-bus.ts';
import { UpstreamObserver } from '../application/gateway/upstream-observer.ts';
import { HealthProbe } from '../application/services/health-probe.ts';
import { InterfaceMemory } from '../application/services/interface-memory.ts';
import { QuarantineStore } from '../application/services/quarantine-store.ts';
import { ServiceCatalog } from '../application/services/service-catalog.ts';
import { ServiceSupervisor } from '../application/services/service-supervisor.ts';
import { DEFAULT_SUPERVISION } from '../application/services/supervision-options.ts';
import { Slots } from '../application/support/async.ts';
import { DEFAULT_INTERFACE_LIMITS } from '../domain/interfaces/interface-limits.ts';
import { systemCaller } from '../domain/access/caller.ts';
import type { LimitName } from '../domain/audit/limit-name.ts';
import { ServiceChanges } from '../application/support/service-changes.ts';
import { bind, find, findAll, type Container } from './container.ts';
import { connectorOf, tenantOf } from './tenant-ports.ts';
import { PART, PORT } from './tokens.ts';

/** Binds the audit log, the catalog and the supervisor of services. */
export function bindServices(container: Container): void {
  bind(container, PART.events, createEvents);
  bind(container, PART.limits, () => new LimitCounters());
  bind(container, PART.changes, () => new ServiceChanges());
  bind(
    container,
    PART.audit,
    (c) => new AuditLog(c.resolve(PORT.telemetry), c.resolve(PART.events), c.resolve(PORT.clock)),
  );
  bind(container, PART.connectors, (c) => {
    const connectors = findAll(c, PORT.serviceConnector);
    const shared = find(c, PART.sharing)?.share(connectors) ?? connectors;
    const tenant = tenantOf(c);
    return new Map(shared.map((connector) => [connector.origin, connectorOf(connector, tenant)]));
  });
  bind(container, PART.observer, (c) => {
    const limits = c.resolve(PART.limits);
    const count = (name: LimitName): void => {
      limits.count(name);
    };
    return new UpstreamObserver(count, c.resolve(PART.instance).id, (service) =>
      c.resolve(PART.authorizations)(service),
    );
  });
  bind(
    container,
    PART.catalog,
    (c) =>
      new ServiceCatalog({
        registry: c.resolve(PORT.serviceRegistry),
        claims: c.resolve(PORT.claimStore),
        connectors: c.resolve(PART.connectors),
        audit: c.resolve(PART.audit),
        clock: c.resolve(PORT.clock),
        entropy: c.resolve(PORT.entropy),
        maxDiskBytes: c.resolve(PART.options).maxDiskBytes,
      }),
  );
  bind(container, PART.supervisor, createSupervisor);
  bind(container, PART.interfaceMemory, createInterfaceMemory);
}

/** Events of services whose state differs without a change of their status. */
const STATE_EVENT = /^(?:service\.(?:circuit_|manifest_applied$|replaced$)|interface\.)/;

/** Returns the events of the runtime. Each of them that may change the state of a service is published again as `state.changed`. */
function createEvents(c: Container): EventBus {
  const events = new EventBus();
  const changes = c.resolve(PART.changes);
  const publish = (serviceId: string): void => {
    events.publish('state.changed', { serviceId });
  };
  for (const change of ['status', 'changed', 'interface-changed', 'removed'] as const) changes.on(change, publish);
  events.on('audited', ({ kind, serviceId }) => {
    if (kind.startsWith('workspace.')) events.publish('state.changed', {});
    else if (serviceId !== undefined && STATE_EVENT.test(kind)) publish(serviceId);
  });
  return events;
}

function createInterfaceMemory(c: Container): InterfaceMemory {
  const audit = c.resolve(PART.audit);
  const catalog = c.resolve(PART.catalog);
  const changes = c.resolve(PART.changes);
  const memory = new InterfaceMemory({
    store: c.resolve(PORT.interfaceStore),
    find: (serviceId) => catalog.find(serviceId),
    supervisor: c.resolve(PART.supervisor),
    log: (serviceId, line) => {
      audit.log(serviceId, line);
    },
  });
  changes.on('removed', (serviceId) => {
    memory.forget(serviceId);
  });
  changes.on('interface-changed', (serviceId) => {
    memory.observe(serviceId);
  });
  return memory;
}

const cancelNoticesEnded = (serviceId: string): AuditEntry => ({
  kind: 'service.cancel_notices_ended',
  level: 'warn',
  message: 'The service has ended after several cancellations: from now on it is sent no notices of them',
  serviceId,
  caller: systemCaller,
});

function createSupervisor(c: Container): ServiceSupervisor {
  const clock = c.resolve(PORT.clock);
  const entropy = c.resolve(PORT.entropy);
  const audit = c.resolve(PART.audit);
  const catalog = c.resolve(PART.catalog);
  const observer = c.resolve(PART.observer);
  const options = c.resolve(PART.options);
  const supervision = { ...DEFAULT_SUPERVISION, ...options.supervision };
  const observed = [...c.resolve(PART.connectors)].map(
    ([origin, connector]) => [origin, observer.observe(connector)] as const,
  );
  const supervisor = new ServiceSupervisor({
    connectors: new Map(observed),
    audit,
    clock,
    entropy,
    supervision,
    maxReplyBytes: options.maxReplyBytes ?? 0,
    interfaceLimits: { ...DEFAULT_INTERFACE_LIMITS, ...options.interfaceLimits },
    refusals: c.resolve(PART.limits),
    gatewayId: c.resolve(PART.instance).id,
    probe: new HealthProbe(clock, entropy, supervision),
    holds: new QuarantineStore(catalog, audit, clock),
    admitted: (service) => catalog.admitted(service),
    rememberEra: (serviceId, era) => catalog.rememberEra(serviceId, era),
    endCancelNotices: async (serviceId) => {
      const entry = cancelNoticesEnded(serviceId);
      audit.log(serviceId, entry.message);
      await catalog.endCancelNotices(serviceId, audit.draft(entry)).catch(() => undefined);
    },
    startSlots: new Slots(supervision.startsAtOnce),
    find: (serviceId) => catalog.find(serviceId),
    changes: c.resolve(PART.changes),
    compareInterface: (serviceId, snapshot) => c.resolve(PART.reviewer).prepare(serviceId, snapshot),
    trust: c.resolve(PORT.workspaceTrust),
  });
  catalog.onDrift((serviceId, { isSameProgram }) => {
    c.resolve(PART.events).publish('state.changed', { serviceId });
    if (isSameProgram) return;
    const isPresent = catalog.find(serviceId) !== undefined;
    // A later operation reports its own failure; this one only follows the store.
    const isNew = isPresent && !supervisor.isKnown(serviceId);
    const start = (): unknown => (isNew ? c.resolve(PART.lifecycle).startFollowed(serviceId) : undefined);
    if (isPresent)
      supervisor
        .reload(systemCaller, serviceId)
        .then(start)
        .catch(() => undefined);
    else supervisor.retire(systemCaller, serviceId, 'removed').catch(() => undefined);
  });
  return supervisor;
}
