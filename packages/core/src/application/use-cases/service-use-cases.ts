import type { ToolCompatibility } from '../../ports/inbound/service-operations.ts';
import type { Caller } from '../../domain/access/caller.ts';
import type { AuditEventDraft } from '../../domain/audit/audit-event.ts';
import { allowsOn, decide } from '../../domain/access/decide.ts';
import { assertTrusted, untrusted } from '../../domain/access/trust.ts';
import type { Verdict } from '../../domain/interfaces/interface-change.ts';
import { isSameOwner, OPERATOR, registrantOf } from '../../domain/access/registrant.ts';
import { restoreLocation } from '../../domain/services/shown-manifest.ts';
import type { InterfaceSnapshot } from '../../domain/interfaces/interface-snapshot.ts';
import type { Manifest } from '../../domain/services/manifest.ts';
import type { Service, ServiceRecord, ServiceStatus } from '../../domain/services/service.ts';
import type { ArtifactCleaner, CleanedUp, Clock, UnsupportedRecord, WorkspaceTrust } from '../../ports/index.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import type { AdmittedReferences } from './admitted-references.ts';
import type { AuditTimeline } from './audit-timeline.ts';
import type { Guard, ServiceIntent } from './guard.ts';
import { namespaceOf } from '../../domain/services/namespace.ts';
import { circuitReason } from '../../domain/calls/circuit-breaker.ts';
import type { CircuitBreakers } from '../calls/circuit-breakers.ts';
import { placeholderWarnings } from '../../domain/services/manifest-warnings.ts';
import { serviceDigest } from '../../domain/services/service-digest.ts';
import type { ServiceCatalog } from '../services/service-catalog.ts';
import type {
  DetailLimits,
  ExpectedService,
  ServiceDetails,
  ServiceOperations,
  ServiceView,
} from '../../ports/inbound/service-operations.ts';
import type { ServiceSupervisor } from '../services/service-supervisor.ts';
import type { CallLoad } from '../../domain/calls/call-metrics.ts';

export interface ServiceUseCasesDependencies {
  readonly catalog: ServiceCatalog;
  readonly supervisor: ServiceSupervisor;
  readonly audit: AuditLog;
  readonly timeline: AuditTimeline;
  readonly guard: Guard;
  readonly clock: Clock;
  /** Undefined when the runtime stores no artifacts. */
  readonly cleaner?: ArtifactCleaner | undefined;
  readonly trust: Pick<WorkspaceTrust, 'state'>;
  readonly load: (serviceId: string) => CallLoad;
  readonly circuits: CircuitBreakers;
  readonly references: AdmittedReferences;
  readonly verdict: (serviceId: string) => Verdict;
  /** Returns the names of the policy of a service that its interface does not have. */
  readonly policyWarnings: (service: Service, snapshot: InterfaceSnapshot) => readonly string[];
  /** Returns the stored records that this version cannot use. */
  readonly unsupported: () => readonly UnsupportedRecord[];
  readonly compatibility: (service: Service) => readonly ToolCompatibility[];
  /** @throws ClarityError MANIFEST_INVALID */
  readonly readManifest: (input: unknown) => Manifest;
}

/** Services for callers. Every operation checks the grant first. The event of a change is stored with the change. */
export class ServiceUseCases implements ServiceOperations {
  readonly #dependencies: ServiceUseCasesDependencies;

  constructor(dependencies: ServiceUseCasesDependencies) {
    this.#dependencies = dependencies;
  }

  async apply(caller: Caller, input: unknown, expected?: ExpectedService): Promise<ServiceView> {
    const { catalog, supervisor, audit, guard, references, readManifest, trust } = this.#dependencies;
    const intent = { action: 'register a service' };
    await guard.require(caller, 'provision', { ...intent, target: 'something' });
    assertTrusted(trust.state);
    const own = (): readonly Service[] =>
      catalog.all().filter((one) => isSameOwner(one.registrant ?? OPERATOR, registrantOf(caller)));
    const manifest = readManifest(restoreLocation(input, own, catalog.kinds));
    for (const target of [{ namespace: namespaceOf(manifest) }, ...catalog.affectedBy(manifest)])
      await guard.require(caller, 'provision', { ...intent, target });
    await references.check(caller, manifest, catalog.kinds);
    const { type } = manifest.spec.origin;
    const message = `Manifest applied (${type})`;
    const eventOf = ({ serviceId }: ServiceRecord): AuditEventDraft =>
      audit.draft({
        kind: 'service.manifest_applied',
        level: 'info',
        message,
        serviceId,
        caller,
        data: { origin: type, module: manifest.metadata.module },
      });
    const { service, replaced } = await catalog.apply(caller, manifest, eventOf, expected);
    audit.log(service.serviceId, message);
    for (const old of replaced) await this.#end(caller, old, 'replaced');
    await supervisor.reload(caller, service.serviceId);
    return this.#view(catalog.find(service.serviceId) ?? service);
  }

  list(caller: Caller): readonly ServiceView[] {
    this.#dependencies.guard.check(caller, 'read', { action: 'list services', target: 'something' });
    return this.#dependencies.catalog
      .all()
      .filter(({ namespace }) => allowsOn(caller, 'read', namespace))
      .map((service) => this.#view(service));
  }

  unsupported(caller: Caller): readonly UnsupportedRecord[] {
    if (!decide(caller, { verb: 'read', target: 'everything' }).isAllowed) return [];
    return this.#dependencies.unsupported();
  }

  get(caller: Caller, serviceId: string): ServiceView {
    const { catalog, guard } = this.#dependencies;
    const intent = { action: 'read a service', serviceId };
    return this.#view(guard.checkOn(caller, 'inspect', intent, catalog.find(serviceId)));
  }

  async details(caller: Caller, serviceId: string, limits: DetailLimits): Promise<ServiceDetails> {
    const { timeline } = this.#dependencies;
    const view = this.get(caller, serviceId);
    const [logs, events, calls] = await Promise.all([
      timeline.logs(caller, serviceId, limits.logLimit),
      timeline.page(caller, { serviceId, limit: limits.eventLimit }),
      timeline.page(caller, { serviceId, kind: 'service.tool_called', limit: limits.callLimit }),
    ]);
    return { view, logs, events: events.items, recentCalls: calls.items };
  }

  start(caller: Caller, serviceId: string): Promise<ServiceView> {
    return this.#operate(caller, { action: 'start a service', serviceId }, async () => {
      const { circuits, supervisor } = this.#dependencies;
      const isNew = supervisor.status(serviceId).lifecycle !== 'RUNNING';
      await supervisor.start(caller, serviceId);
      if (isNew) circuits.close(caller, serviceId);
    });
  }

  stop(caller: Caller, serviceId: string): Promise<ServiceView> {
    return this.#operate(caller, { action: 'stop a service', serviceId }, () =>
      this.#dependencies.supervisor.stop(caller, serviceId, 'stopped'),
    );
  }

  restart(caller: Caller, serviceId: string): Promise<ServiceView> {
    return this.#operate(caller, { action: 'restart a service', serviceId }, async () => {
      await this.#dependencies.supervisor.restart(caller, serviceId);
      this.#dependencies.circuits.close(caller, serviceId);
    });
  }

  unquarantine(caller: Caller, serviceId: string, reason?: string): Promise<ServiceView> {
    return this.#operate(caller, { action: 'lift a quarantine', serviceId }, async () => {
      assertTrusted(this.#dependencies.trust.state);
      await this.#dependencies.supervisor.release(caller, serviceId, reason);
      this.#dependencies.circuits.close(caller, serviceId);
    });
  }

  async introspect(caller: Caller, serviceId: string): Promise<InterfaceSnapshot> {
    const { catalog, guard, supervisor } = this.#dependencies;
    await guard.requireOn(caller, 'operate', { action: 'introspect a service', serviceId }, catalog.find(serviceId));
    return supervisor.introspect(caller, serviceId);
  }

  async remove(caller: Caller, serviceId: string, options: { readonly cleanUp?: boolean } = {}): Promise<CleanedUp> {
    const { audit, catalog, cleaner, guard } = this.#dependencies;
    const found = catalog.find(serviceId);
    await guard.requireOn(caller, 'operate', { action: 'remove a service', serviceId }, found);
    if (options.cleanUp === true)
      await guard.requireOn(caller, 'provision', { action: 'delete artifacts', serviceId }, found);
    const entry = { kind: 'service.removed', level: 'info', message: 'Service removed', serviceId, caller } as const;
    const service = await catalog.remove(caller, serviceId, audit.draft(entry));
    await this.#end(caller, service, 'removed');
    const cleaned = options.cleanUp === true ? await cleaner?.cleanUp(service, catalog.all()) : undefined;
    if (cleaned === undefined) return { removed: [], left: [] };
    const deletedFiles = cleaned.removed.length;
    if (deletedFiles > 0) {
      const message = 'Artifacts deleted';
      await audit.settle({
        kind: 'service.artifacts_deleted',
        level: 'info',
        message,
        serviceId,
        caller,
        data: { deletedFiles },
      });
    }
    return cleaned;
  }

  async #operate(caller: Caller, intent: ServiceIntent, act: () => Promise<void>): Promise<ServiceView> {
    const { catalog, guard } = this.#dependencies;
    await guard.requireOn(caller, 'operate', intent, catalog.find(intent.serviceId));
    await act();
    return this.#view(catalog.get(intent.serviceId));
  }

  async #end(caller: Caller, service: Service, reason: string): Promise<void> {
    await this.#dependencies.supervisor.retire(caller, service.serviceId, reason);
    await this.#dependencies.audit.dropLogs(service.serviceId);
  }

  #view(service: Service): ServiceView {
    const { supervisor, clock, compatibility, load, trust, verdict } = this.#dependencies;
    const status = supervisor.status(service.serviceId);
    const snapshot = supervisor.snapshot(service.serviceId);
    const { runningSince } = status;
    const uptimeSeconds = runningSince === undefined ? 0 : Math.floor((clock.monotonic() - runningSince) / 1000);
    const calls = load(service.serviceId);
    const warnings = [
      ...placeholderWarnings(service.manifest),
      ...(snapshot === undefined ? [] : this.#dependencies.policyWarnings(service, snapshot)),
    ];
    const unsettledSince = this.#dependencies.catalog.unsettledSince(service.serviceId);
    return {
      service,
      status: heldBy(trust.state, asSeen(status, calls)),
      uptimeSeconds,
      calls,
      ...(warnings.length === 0 ? {} : { warnings }),
      compatibility: snapshot === undefined ? [] : compatibility(service),
      ...(unsettledSince === undefined ? {} : { unsettledSince }),
      isSuspicious: snapshot !== undefined && verdict(service.serviceId) === 'suspicious',
      digest: serviceDigest(service),
      ...(snapshot === undefined ? {} : { interface: snapshot }),
    };
  }
}

/** Shows the reason why a service of an untrusted workspace does not start. */
function heldBy(state: WorkspaceTrust['state'], status: ServiceStatus): ServiceStatus {
  if (state.trusted || status.lifecycle === 'RUNNING') return status;
  const { code, message, hint } = untrusted(state.problems).failure;
  return { ...status, lastError: `${code}: ${message}; ${hint}` };
}

/** Shows a service with an open circuit as DEGRADED, whatever its probe reports. */
function asSeen(status: ServiceStatus, { circuit }: CallLoad): ServiceStatus {
  if (circuit === undefined || status.lifecycle !== 'RUNNING' || status.health !== 'HEALTHY') return status;
  return { ...status, health: 'DEGRADED', lastError: circuitReason(circuit) };
}
