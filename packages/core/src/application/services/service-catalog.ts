import { systemCaller, type Caller } from '../../domain/access/caller.ts';
import { registrantOf } from '../../domain/access/registrant.ts';
import type { AuditEventDraft } from '../../domain/audit/audit-event.ts';
import { ClarityError } from '../../domain/errors/clarity-error.ts';
import type { Era } from '../../domain/mcp/mcp.ts';
import type { InterfacePin } from '../../domain/interfaces/interface-pin.ts';
import type { Manifest, OriginType } from '../../domain/services/manifest.ts';
import { toPrintableAscii } from '../../domain/text/safe-text.ts';
import { originKinds, type OriginKinds } from '../../domain/services/origin-kinds.ts';
import { isSameProgram, type Service, type Quarantine, type ServiceRecord } from '../../domain/services/service.ts';
import type { Clock, Entropy, ServiceConnector, ServiceRegistry, TenantId } from '../../ports/index.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import { SerialQueue } from '../support/async.ts';
import { REMOVED, SettledRecords, type RecordChange } from '../support/settled-records.ts';
import { DiskShares } from './disk-shares.ts';
import { ServiceAdmission } from './service-admission.ts';
import { ServiceIndex } from './service-index.ts';
import { succeedingRecord } from './succeeding-record.ts';
import { assertSeen } from '../../domain/services/service-digest.ts';
import type { ExpectedService } from '../../ports/inbound/service-operations.ts';

/** Result of an applied manifest. */
export interface CatalogChange {
  readonly service: Service;
  /** Services that this one replaces: same source and module, another build path, or the one that the caller named. */
  readonly replaced: readonly Service[];
}

/** `isSameProgram`: only what daemons note about a service has changed, so that a running one goes on. */
type DriftListener = (serviceId: string, change: { readonly isSameProgram: boolean }) => void;

export interface ServiceCatalogDependencies {
  readonly registry: ServiceRegistry;
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
  #onDrift: DriftListener = () => undefined;
  /** Origin types of this runtime. */
  readonly kinds: OriginKinds;

  constructor({ registry, connectors, audit, clock, entropy, maxDiskBytes }: ServiceCatalogDependencies) {
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
  }

  /** Reads the services. Removes records that a finished or interrupted replacement left behind, in the background. */
  async load(tenant: TenantId): Promise<void> {
    await this.#records.load(tenant);
    for (const { serviceId } of this.#index.all()) this.#loaded.add(serviceId);
    for (const serviceId of this.#index.replaced) this.#records.removeLater(systemCaller, serviceId);
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
  }

  /** Returns the services ordered by namespace. */
  all(): readonly Service[] {
    return this.#index.all();
  }

  find(serviceId: string): Service | undefined {
    return this.#index.find(serviceId);
  }

  findByNamespace(namespace: string): Service | undefined {
    return this.#index.claimants(namespace).find((service) => service.namespace === namespace);
  }

  /** Returns the id of the service that has, or had, an id; the id itself without one. */
  currentId(serviceId: string): string {
    return this.#index.currentId(serviceId);
  }

  get(serviceId: string): Service {
    const service = this.find(serviceId);
    if (service === undefined) throw new ClarityError('SERVICE_NOT_FOUND', toPrintableAscii(serviceId));
    return service;
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
    { digest, replaces }: ExpectedService = {},
  ): Promise<CatalogChange> {
    const record = await this.#admission.admit(caller, given, this.#index);
    const { serviceId: id } = record;
    return this.#changes.run(async () => {
      this.#admission.assertRoom(caller, record);
      await this.#records.settle(id);
      let replaced: readonly Service[] = [];
      await this.#records.write({ caller, id, event: eventOf(record) }, () => {
        const former = replaces === undefined ? undefined : this.get(replaces);
        replaced = this.#index.replacedBy(record, former);
        assertSeen(this.find(id) ?? replaced[0], digest);
        return succeedingRecord(
          { ...record, registrant: registrantOf(caller) },
          { before: this.find(id), replaced, former, nextOrdinal: this.#index.nextOrdinal, kinds: this.kinds },
        );
      });
      for (const old of replaced) await this.#removeReplaced(caller, old);
      return { service: this.get(id), replaced };
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
    return this.#changes.run(async () => {
      await this.#records.settle(serviceId);
      const service = this.get(serviceId);
      // A replaced record would become current again.
      for (const old of this.#index.siblings(service)) {
        await this.#records.write({ caller, id: old.serviceId }, () => REMOVED);
      }
      await this.#records.write({ caller, id: serviceId, event }, () => REMOVED);
      return service;
    });
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

  /** Removes a replaced record. Without an answer of the store it stays hidden and is removed later. */
  async #removeReplaced(caller: Caller, { serviceId }: Service): Promise<void> {
    await this.#records
      .write({ caller, id: serviceId }, () => REMOVED)
      .catch(() => {
        this.#records.removeLater(caller, serviceId);
      });
  }
}
