import type { Caller } from '../../domain/access/caller.ts';
import { registrantOf } from '../../domain/access/registrant.ts';
import type { AuditEventDraft } from '../../domain/audit/audit-event.ts';
import { ClarityError } from '../../domain/errors/clarity-error.ts';
import { namespaceClaims } from '../../domain/services/namespace.ts';
import type { OriginKinds } from '../../domain/services/origin-kinds.ts';
import { assertSeen } from '../../domain/services/service-digest.ts';
import type { Service, ServiceRecord } from '../../domain/services/service.ts';
import { toPrintableAscii } from '../../domain/text/safe-text.ts';
import type { ExpectedService } from '../../ports/inbound/service-operations.ts';
import { REMOVED, type SettledRecords } from '../support/settled-records.ts';
import { isUnsettled } from '../support/store-failure.ts';
import type { NamespaceClaims } from './namespace-claims.ts';
import type { ServiceIndex } from './service-index.ts';
import { succeedingRecord } from './succeeding-record.ts';

/** Result of an applied manifest. */
export interface CatalogChange {
  readonly service: Service;
  /** Services that this one replaces: same source and module, another build path, or the one that the caller named. */
  readonly replaced: readonly Service[];
}

/** Dependencies of `ServiceWriter`. */
export interface ServiceWriterDependencies {
  readonly index: ServiceIndex;
  readonly records: SettledRecords<ServiceRecord>;
  readonly claims: NamespaceClaims;
  readonly kinds: OriginKinds;
}

/**
 * Writes services as a sequence of single writes: the claims of its names, its record, the removal of what it replaces. After an
 * end at any step one service has the name: a record hides those that it names in `replaces`, and nothing else can have been
 * written under its names. Every method runs inside the queue of the records.
 */
export class ServiceWriter {
  readonly #dependencies: ServiceWriterDependencies;

  constructor(dependencies: ServiceWriterDependencies) {
    this.#dependencies = dependencies;
  }

  get(serviceId: string): Service {
    const service = this.#dependencies.index.find(serviceId);
    if (service === undefined) throw new ClarityError('SERVICE_NOT_FOUND', toPrintableAscii(serviceId));
    return service;
  }

  /** Stores an admitted record with its event, and removes what it replaces. @throws ClarityError as `ServiceCatalog.apply`. */
  async apply(
    caller: Caller,
    record: ServiceRecord,
    event: AuditEventDraft,
    { digest, replaces }: ExpectedService = {},
  ): Promise<CatalogChange> {
    const { index, records, claims, kinds } = this.#dependencies;
    const { serviceId: id } = record;
    await records.settle(id);
    const before = records.find(id)?.value;
    const planned = index.replacedBy(record, replaces === undefined ? undefined : this.get(replaces));
    const taken = await claims.take(caller, record, planned);
    let replaced: readonly Service[] = [];
    try {
      await records.write({ caller, id, event }, () => {
        const former = replaces === undefined ? undefined : this.get(replaces);
        replaced = index.replacedBy(record, former);
        assertSeen(index.find(id) ?? replaced[0], digest);
        return succeedingRecord(
          { ...record, registrant: registrantOf(caller) },
          { before: index.find(id), replaced, former, nextOrdinal: index.nextOrdinal, kinds },
        );
      });
    } catch (error) {
      // The record may still be written: its names stay with it.
      if (!isUnsettled(error)) await claims.giveBack(caller, id, taken);
      throw error;
    }
    for (const old of replaced) await this.#removeReplaced(caller, old);
    const names = namesOf(record);
    const former = [before, ...replaced].flatMap((service) => (service === undefined ? [] : [service]));
    for (const old of former)
      await claims.release(
        caller,
        old.serviceId,
        namesOf(old).filter((name) => old.serviceId !== id || !names.includes(name)),
      );
    return { service: this.get(id), replaced };
  }

  /** Removes a service with its event, and gives its names up. @throws ClarityError SERVICE_NOT_FOUND or STORE_UNAVAILABLE. */
  async remove(caller: Caller, serviceId: string, event: AuditEventDraft): Promise<Service> {
    const { index, records, claims } = this.#dependencies;
    await records.settle(serviceId);
    const service = this.get(serviceId);
    // A replaced record would become current again.
    for (const old of index.siblings(service)) await records.write({ caller, id: old.serviceId }, () => REMOVED);
    await records.write({ caller, id: serviceId, event }, () => REMOVED);
    await claims.release(caller, serviceId, namesOf(service));
    return service;
  }

  /** Removes a replaced record. Without an answer of the store it stays hidden and is removed later. */
  async #removeReplaced(caller: Caller, { serviceId }: Service): Promise<void> {
    const { records } = this.#dependencies;
    await records
      .write({ caller, id: serviceId }, () => REMOVED)
      .catch(() => {
        records.removeLater(caller, serviceId);
      });
  }
}

const namesOf = (service: ServiceRecord): readonly string[] => namespaceClaims(service).map(({ name }) => name);
