import { systemCaller, type Caller } from '../../domain/access/caller.ts';
import type { AuditEventDraft } from '../../domain/audit/audit-event.ts';
import type { Era } from '../../domain/mcp/mcp.ts';
import type { InterfacePin } from '../../domain/interfaces/interface-pin.ts';
import type { Manifest, OriginType } from '../../domain/services/manifest.ts';
import { originKinds, type OriginKinds } from '../../domain/services/origin-kinds.ts';
import { isSameProgram, type Service, type Quarantine, type ServiceRecord } from '../../domain/services/service.ts';
import type { ClaimStore, Clock, Entropy, ServiceConnector, ServiceRegistry, TenantId } from '../../ports/index.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import { SerialQueue } from '../support/async.ts';
import { SettledRecords, type RecordChange } from '../support/settled-records.ts';
import { DiskShares } from './disk-shares.ts';
import { NamespaceClaims } from './namespace-claims.ts';
import { ServiceAdmission } from './service-admission.ts';
import { ServiceIndex } from './service-index.ts';
import { ServiceWriter, type CatalogChange } from './service-writer.ts';
import type { ExpectedService } from '../../ports/inbound/service-operations.ts';

/** `isSameProgram`: only what daemons note about a service has changed, so that a running one goes on. */
type DriftListener = (serviceId: string, change: { readonly isSameProgram: boolean }) => void;

export interface ServiceCatalogDependencies {
  readonly registry: ServiceRegistry;
  readonly claims: ClaimStore;
  readonly connectors: ReadonlyMap<OriginType, ServiceConnector>;
  readonly audit: AuditLog;
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly maxDiskBytes?: number | undefined;
}

/** Registered services in memory, changed only after the registry accepted the change. */
export class ServiceCatalog {
  readonly #index: ServiceIndex;
  readonly #records: SettledRecords<ServiceRecord>;
  readonly #loaded = new Set<string>();
  readonly #changes = new SerialQueue();
  readonly #admission: ServiceAdmission;
  readonly #claims: NamespaceClaims;
  readonly #writer: ServiceWriter;
  #onDrift: DriftListener = () => undefined;
  /** Origin types of this runtime. */
  readonly kinds: OriginKinds;

  constructor({ registry, claims, connectors, audit, clock, entropy, maxDiskBytes }: ServiceCatalogDependencies) {
    const shares = new DiskShares(clock, maxDiskBytes);
    this.kinds = originKinds(connectors.values());
    this.#admission = new ServiceAdmission(connectors, this.kinds, shares);
    this.#index = new ServiceIndex(this.kinds);
    this.#records = new SettledRecords({
      store: registry,
      idOf: ({ serviceId }) => serviceId,
      clock,
      entropy,
      queue: this.#changes,
      onChanged: (serviceId, item) => {
        this.#index.set(serviceId, item);
        shares.set(serviceId, item?.value);
      },
      onDrift: (serviceId, before) => {
        this.#onDrift(serviceId, { isSameProgram: isSameProgram(before?.value, this.#index.find(serviceId)) });
      },
      deliver: (event, op) => audit.deliver(event, op),
    });
    this.#claims = new NamespaceClaims({
      ...{ store: claims, clock, entropy, queue: this.#changes },
      isUsed: async (name, serviceId) => {
        await this.#records.renew(serviceId);
        return this.#index.claimants(name).some((service) => service.serviceId === serviceId);
      },
    });
    const { kinds } = this;
    this.#writer = new ServiceWriter({ index: this.#index, records: this.#records, claims: this.#claims, kinds });
  }

  /** Reads the services. Completes interrupted changes of records and names in the background. */
  async load(tenant: TenantId): Promise<void> {
    await this.#claims.load(tenant);
    await this.#records.load(tenant);
    for (const { serviceId } of this.#index.all()) this.#loaded.add(serviceId);
    for (const serviceId of this.#index.replaced) this.#records.removeLater(systemCaller, serviceId);
    const byOrder = [...this.#index.all()].sort((a, b) => (a.ordinal ?? 0) - (b.ordinal ?? 0));
    void this.#changes.run(() => this.#claims.repair(byOrder));
  }

  /** Returns true for a service that an earlier process registered. */
  isLoaded(serviceId: string): boolean {
    return this.#loaded.has(serviceId);
  }

  /** Calls `listener` after a change that no operation of this catalog was waiting for. */
  onDrift(listener: DriftListener): void {
    this.#onDrift = listener;
  }

  /** Ends the task that settles writes without an answer. */
  close(): void {
    this.#records.close();
    this.#claims.close();
  }

  /** Returns the services ordered by namespace. */
  all(): readonly Service[] {
    return this.#index.all();
  }

  find(serviceId: string): Service | undefined {
    return this.#index.find(serviceId);
  }

  findByNamespace(namespace: string): Service | undefined {
    const found = this.#index.claimants(namespace).filter((service) => service.namespace === namespace);
    return found.find(({ serviceId }) => serviceId === this.#claims.holder(namespace)) ?? found[0];
  }

  /** Returns the id of the service that has, or had, an id; the id itself without one. */
  currentId(serviceId: string): string {
    return this.#index.currentId(serviceId);
  }

  get(serviceId: string): Service {
    return this.#writer.get(serviceId);
  }

  /** Returns the services that a registration of the manifest would change or replace. */
  affectedBy(manifest: Manifest): readonly Service[] {
    return this.#index.affectedBy(manifest);
  }

  /** Returns the ISO 8601 time since which the outcome of a write of the service is not known; undefined when it is. */
  unsettledSince(serviceId: string): string | undefined {
    return this.#records.unsettledSince(serviceId);
  }

  /**
   * Admits the code, then stores the record with its event. It replaces and removes a service with the same source and module,
   * and the one with the id `replaces`.
   * @throws ClarityError NAMESPACE_RESERVED, NAMESPACE_TAKEN, ORIGIN_UNSUPPORTED, QUOTA_EXCEEDED, REVISION_CONFLICT,
   * SERVICE_NOT_FOUND or STORE_UNAVAILABLE.
   */
  async apply(
    caller: Caller,
    given: Manifest,
    eventOf: (record: ServiceRecord) => AuditEventDraft,
    expected?: ExpectedService,
  ): Promise<CatalogChange> {
    const record = await this.#admission.admit(caller, given, this.#index);
    return this.#changes.run(() => {
      this.#admission.assertRoom(caller, record);
      return this.#writer.apply(caller, record, eventOf(record), expected);
    });
  }

  /** Returns the service with its stored code. Stores the code of a record without it; the file must be readable. */
  async admitted(service: Service): Promise<Service> {
    const artifact = await this.#admission.missingArtifact(service);
    if (artifact === undefined) return service;
    await this.#update(systemCaller, service.serviceId, (record) =>
      record.artifact === undefined ? { ...record, artifact } : undefined,
    );
    return this.find(service.serviceId) ?? service;
  }

  /** Removes a service with its event. @throws ClarityError SERVICE_NOT_FOUND or STORE_UNAVAILABLE. */
  remove(caller: Caller, serviceId: string, event: AuditEventDraft): Promise<Service> {
    return this.#changes.run(() => this.#writer.remove(caller, serviceId, event));
  }

  /** Stores a quarantine with its event. Returns false without a change: a removed service stays removed. */
  hold(serviceId: string, hold: Quarantine, event?: AuditEventDraft): Promise<boolean> {
    const isStored = ({ hold: old }: ServiceRecord): boolean => old?.at === hold.at && old.reason === hold.reason;
    const change = (record: ServiceRecord) => (isStored(record) ? undefined : { ...record, hold });
    return this.#update(systemCaller, serviceId, change, event);
  }

  /** Stores the era of the program at its last start. */
  async rememberEra(serviceId: string, era: Era): Promise<void> {
    await this.#update(systemCaller, serviceId, (record) => (record.era === era ? undefined : { ...record, era }));
  }

  /** Stores that the program is not to receive notices of cancellations, with the event. Returns false if it is stored. */
  endCancelNotices(serviceId: string, event: AuditEventDraft): Promise<boolean> {
    const change = (record: ServiceRecord): ServiceRecord | undefined =>
      record.withoutCancelNotices === true ? undefined : { ...record, withoutCancelNotices: true };
    return this.#update(systemCaller, serviceId, change, event);
  }

  /** Deletes a quarantine, with the event of its end. Returns false when none is stored. */
  release(caller: Caller, serviceId: string, event: AuditEventDraft): Promise<boolean> {
    return this.#update(caller, serviceId, ({ hold, ...record }) => (hold === undefined ? undefined : record), event);
  }

  /** Stores the accepted interface, with the event of its acceptance. Returns false when the service was removed. */
  pin(caller: Caller, serviceId: string, pin: InterfacePin, event: AuditEventDraft): Promise<boolean> {
    return this.#update(caller, serviceId, (record) => ({ ...record, pin }), event);
  }

  /** Stores the names that another service had first. */
  async yieldNames(serviceId: string, yields: readonly string[]): Promise<void> {
    await this.#update(systemCaller, serviceId, (record) => ({ ...record, yields }));
  }

  #update(
    caller: Caller,
    id: string,
    change: (record: ServiceRecord) => ServiceRecord | undefined,
    event?: AuditEventDraft,
  ): Promise<boolean> {
    let isChanged = false;
    const changeFound: RecordChange<ServiceRecord> = (item) => {
      const wanted = item === undefined || this.find(id) === undefined ? undefined : change(item.value);
      isChanged = wanted !== undefined;
      return wanted;
    };
    return this.#changes.run(async () => {
      await this.#records.write({ caller, id, ...(event === undefined ? {} : { event }) }, changeFound);
      return isChanged;
    });
  }
}
