import type { Caller } from '../../domain/access/caller.ts';
import type { AuditEventDraft } from '../../domain/audit/audit-event.ts';
import { allowsOn, decide } from '../../domain/access/decide.ts';
import { assertTrusted } from '../../domain/access/trust.ts';
import { isSameOwner, OPERATOR, registrantOf } from '../../domain/access/registrant.ts';
import { restoreLocation } from '../../domain/services/shown-manifest.ts';
import type { InterfaceSnapshot } from '../../domain/interfaces/interface-snapshot.ts';
import type { Manifest } from '../../domain/services/manifest.ts';
import type { Service, ServiceRecord } from '../../domain/services/service.ts';
import type { ArtifactCleaner, CleanedUp, UnsupportedRecord } from '../../ports/index.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import type { AdmittedReferences } from './admitted-references.ts';
import type { AuditTimeline } from './audit-timeline.ts';
import type { Guard, ServiceIntent } from './guard.ts';
import { namespaceOf } from '../../domain/services/namespace.ts';
import type { CircuitBreakers } from '../calls/circuit-breakers.ts';
import type {
  DetailLimits,
  ExpectedService,
  ServiceDetails,
  ServiceOperations,
  ServiceView,
} from '../../ports/inbound/service-operations.ts';
import { serviceView, type ServiceViewSources } from './service-view.ts';

export interface ServiceUseCasesDependencies extends ServiceViewSources {
  readonly audit: AuditLog;
  readonly timeline: AuditTimeline;
  readonly guard: Guard;
  /** Undefined when the runtime stores no artifacts. */
  readonly cleaner?: ArtifactCleaner | undefined;
  readonly circuits: CircuitBreakers;
  readonly references: AdmittedReferences;
  /** Returns the stored records that this version cannot use. */
  readonly unsupported: () => readonly UnsupportedRecord[];
  /** @throws ClarityError MANIFEST_INVALID */
  readonly readManifest: (input: unknown) => Manifest;
}

/** Services for callers. Every operation checks the grant first. The event of a change is stored with the change. */
export class ServiceUseCases implements ServiceOperations {
  readonly #dependencies: ServiceUseCasesDependencies;

  constructor(dependencies: ServiceUseCasesDependencies) {
    this.#dependencies = dependencies;
  }

  async apply(caller: Caller, input: unknown, given: ExpectedService = {}): Promise<ServiceView> {
    const { catalog, supervisor, audit, guard, references, readManifest, trust } = this.#dependencies;
    const intent = { action: 'register a service' };
    await guard.require(caller, 'provision', { ...intent, target: 'something' });
    assertTrusted(trust.state);
    const own = (): readonly Service[] =>
      catalog.all().filter((one) => isSameOwner(one.registrant ?? OPERATOR, registrantOf(caller)));
    const former = given.replaces === undefined ? undefined : catalog.find(catalog.currentId(given.replaces));
    if (given.replaces !== undefined) {
      await guard.requireOn(caller, 'provision', { action: 'replace a service', serviceId: given.replaces }, former);
    }
    const expected = { ...given, replaces: former?.serviceId };
    const manifest = readManifest(restoreLocation(input, own, { kinds: catalog.kinds, former: former?.serviceId }));
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
    for (const old of replaced) {
      if (old.serviceId === former?.serviceId) await this.#succeed(caller, old, service);
      else await this.#end(caller, old, 'replaced');
    }
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
    return this.#view(guard.checkOn(caller, 'inspect', intent, catalog.find(catalog.currentId(serviceId))));
  }

  async details(caller: Caller, id: string, limits: DetailLimits): Promise<ServiceDetails> {
    const { timeline } = this.#dependencies;
    const view = this.get(caller, id);
    const { serviceId } = view.service;
    const [logs, events, calls] = await Promise.all([
      timeline.logs(caller, serviceId, limits.logLimit),
      timeline.page(caller, { serviceId, limit: limits.eventLimit }),
      timeline.page(caller, { serviceId, kind: 'service.tool_called', limit: limits.callLimit }),
    ]);
    return { view, logs, events: events.items, recentCalls: calls.items };
  }

  start(caller: Caller, serviceId: string): Promise<ServiceView> {
    return this.#operate(caller, { action: 'start a service', serviceId }, async (current) => {
      const { circuits, supervisor } = this.#dependencies;
      const isNew = supervisor.status(current).lifecycle !== 'RUNNING';
      await supervisor.start(caller, current);
      if (isNew) circuits.close(caller, current);
    });
  }

  stop(caller: Caller, serviceId: string): Promise<ServiceView> {
    return this.#operate(caller, { action: 'stop a service', serviceId }, (current) =>
      this.#dependencies.supervisor.stop(caller, current, 'stopped'),
    );
  }

  restart(caller: Caller, serviceId: string): Promise<ServiceView> {
    return this.#operate(caller, { action: 'restart a service', serviceId }, async (current) => {
      await this.#dependencies.supervisor.restart(caller, current);
      this.#dependencies.circuits.close(caller, current);
    });
  }

  unquarantine(caller: Caller, serviceId: string, reason?: string): Promise<ServiceView> {
    return this.#operate(caller, { action: 'lift a quarantine', serviceId }, async (current) => {
      assertTrusted(this.#dependencies.trust.state);
      await this.#dependencies.supervisor.release(caller, current, reason);
      this.#dependencies.circuits.close(caller, current);
    });
  }

  async introspect(caller: Caller, serviceId: string): Promise<InterfaceSnapshot> {
    const { catalog, guard, supervisor } = this.#dependencies;
    const current = catalog.currentId(serviceId);
    await guard.requireOn(caller, 'operate', { action: 'introspect a service', serviceId }, catalog.find(current));
    return supervisor.introspect(caller, current);
  }

  async remove(caller: Caller, id: string, options: { readonly cleanUp?: boolean } = {}): Promise<CleanedUp> {
    const { audit, catalog, cleaner, guard } = this.#dependencies;
    const serviceId = catalog.currentId(id);
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

  async #operate(
    caller: Caller,
    intent: ServiceIntent,
    act: (serviceId: string) => Promise<void>,
  ): Promise<ServiceView> {
    const { catalog, guard } = this.#dependencies;
    const current = catalog.currentId(intent.serviceId);
    await guard.requireOn(caller, 'operate', intent, catalog.find(current));
    await act(current);
    return this.#view(catalog.get(current));
  }

  /** Stops a service whose name another target has now. Its log stays, as that of the new service. */
  async #succeed(caller: Caller, { serviceId: from }: Service, { serviceId }: Service): Promise<void> {
    const { audit, supervisor } = this.#dependencies;
    await supervisor.retire(caller, from, 'replaced');
    await audit.settle({
      kind: 'service.replaced',
      level: 'info',
      message: 'Service replaced by another target of the same name',
      serviceId,
      caller,
      data: { from, to: serviceId },
    });
  }

  async #end(caller: Caller, service: Service, reason: string): Promise<void> {
    await this.#dependencies.supervisor.retire(caller, service.serviceId, reason);
    const { audit, catalog } = this.#dependencies;
    for (const id of [service.serviceId, ...(service.previousIds ?? [])]) {
      if (catalog.find(id) === undefined) await audit.dropLogs(id);
    }
  }

  #view(service: Service): ServiceView {
    return serviceView(this.#dependencies, service);
  }
}
