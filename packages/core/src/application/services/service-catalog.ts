import { systemCaller, type Caller } from '../../domain/access/caller.ts';
import { registrantOf } from '../../domain/access/registrant.ts';
import { ClarityError, isClarityError } from '../../domain/errors/clarity-error.ts';
import type { Era } from '../../domain/mcp/mcp.ts';
import type { InterfacePin } from '../../domain/interfaces/interface-pin.ts';
import type { Manifest, OriginType } from '../../domain/services/manifest.ts';
import {
  namespaceClaims,
  namespaceProblem,
  normalizeNamespace,
  RESERVED_NAMESPACES,
} from '../../domain/services/namespace.ts';
import { toPrintableAscii } from '../../domain/text/safe-text.ts';
import { originKind, originKinds, type OriginKinds } from '../../domain/services/origin-kinds.ts';
import { deriveServiceId, isSameProgram } from '../../domain/services/service-id.ts';
import { restoreRedactedValues } from '../../domain/services/shown-manifest.ts';
import type { Service, Quarantine, ServiceRecord } from '../../domain/services/service.ts';
import type { Entropy, Expect, ServiceConnector, ServiceRegistry, TenantId, Versioned } from '../../ports/index.ts';
import { SerialQueue } from '../support/async.ts';
import { putSettled, storeFailure } from '../support/settled-write.ts';
import { hex } from '../../domain/text/hex.ts';

/** Result of an applied manifest. */
export interface CatalogChange {
  readonly service: Service;
  /** Services that this one replaces: same source and module, another build path. */
  readonly replaced: readonly Service[];
}

/** Registered services in memory, changed only after the registry accepted the change. */
export class ServiceCatalog {
  readonly #services = new Map<string, Service>();
  readonly #loaded = new Set<string>();
  readonly #changes = new SerialQueue();
  readonly #registry: ServiceRegistry;
  readonly #connectors: ReadonlyMap<OriginType, ServiceConnector>;
  readonly #entropy: Entropy;
  /** Origin types of this runtime. */
  readonly kinds: OriginKinds;

  constructor(registry: ServiceRegistry, connectors: ReadonlyMap<OriginType, ServiceConnector>, entropy: Entropy) {
    this.#registry = registry;
    this.#connectors = connectors;
    this.kinds = originKinds(connectors.values());
    this.#entropy = entropy;
  }

  async load(tenant: TenantId): Promise<void> {
    for (const stored of await this.#registry.list(tenant)) this.#loaded.add(this.#keep(stored).serviceId);
  }

  /** Returns true for a service that an earlier process registered. */
  isLoaded(serviceId: string): boolean {
    return this.#loaded.has(serviceId);
  }

  /** Returns the services ordered by namespace. */
  all(): readonly Service[] {
    return [...this.#services.values()].sort((a, b) => (a.namespace < b.namespace ? -1 : 1));
  }

  find(serviceId: string): Service | undefined {
    return this.#services.get(serviceId);
  }

  findByNamespace(namespace: string): Service | undefined {
    return this.all().find((service) => service.namespace === namespace);
  }

  get(serviceId: string): Service {
    const service = this.find(serviceId);
    if (service === undefined) throw new ClarityError('SERVICE_NOT_FOUND', toPrintableAscii(serviceId));
    return service;
  }

  /**
   * Admits the code, then stores the record. A service with the same source and module is replaced.
   * @throws ClarityError NAMESPACE_RESERVED, NAMESPACE_TAKEN, ORIGIN_UNSUPPORTED or REVISION_CONFLICT.
   */
  async apply(caller: Caller, given: Manifest): Promise<CatalogChange> {
    const record = await this.#admit(given);
    return this.#changes.run(async () => {
      const replaced = this.#findReplaced(record);
      const before = this.find(record.serviceId);
      // Quarantine and pin belong to the program, not to its build path.
      const hold = [before, ...replaced].find((service) => service?.hold !== undefined)?.hold;
      const pin = [before, ...replaced].find((service) => service?.pin !== undefined)?.pin;
      const isSameOrigin = JSON.stringify(before?.manifest.spec.origin) === JSON.stringify(record.manifest.spec.origin);
      const era = isSameOrigin ? before?.era : undefined;
      const manifest = restoreRedactedValues(record.manifest, (before ?? replaced[0])?.manifest, this.kinds);
      const known = before ?? replaced[0];
      const ordinal = known === undefined ? this.#nextOrdinal() : known.ordinal;
      const kept = {
        ...record,
        manifest,
        registrant: registrantOf(caller),
        ...(ordinal === undefined ? {} : { ordinal }),
        ...(hold === undefined ? {} : { hold }),
        ...(pin === undefined ? {} : { pin }),
        ...(known?.yields === undefined ? {} : { yields: known.yields }),
        ...(era === undefined ? {} : { era }),
      };
      const service = this.#keep(await this.#put(caller, kept, before?.revision ?? 'absent'));
      for (const old of replaced) await this.#remove(caller, old);
      return { service, replaced };
    });
  }

  remove(caller: Caller, serviceId: string): Promise<Service> {
    return this.#changes.run(async () => {
      const service = this.get(serviceId);
      await this.#remove(caller, service);
      return service;
    });
  }

  /** Stores a quarantine. A service that was removed meanwhile stays removed. */
  hold(serviceId: string, hold: Quarantine): Promise<void> {
    return this.#changes.run(() => this.#update(systemCaller, serviceId, withHold(hold)));
  }

  /** Stores the era of the program at its last start. */
  rememberEra(serviceId: string, era: Era): Promise<void> {
    return this.#changes.run(() =>
      this.#update(systemCaller, serviceId, (record) => (record.era === era ? undefined : { ...record, era })),
    );
  }

  release(caller: Caller, serviceId: string): Promise<void> {
    return this.#changes.run(() => this.#update(caller, serviceId, withHold(undefined)));
  }

  /** Stores the accepted interface. */
  pin(caller: Caller, serviceId: string, pin: InterfacePin): Promise<void> {
    return this.#changes.run(() => this.#update(caller, serviceId, (record) => ({ ...record, pin })));
  }

  /** Stores the names that another service had first. */
  yieldNames(serviceId: string, yields: readonly string[]): Promise<void> {
    return this.#changes.run(() => this.#update(systemCaller, serviceId, (record) => ({ ...record, yields })));
  }

  async #update(caller: Caller, serviceId: string, change: RecordChange): Promise<void> {
    const found = this.find(serviceId);
    if (found === undefined) return;
    const { revision, ...record } = found;
    const changed = change(record);
    if (changed === undefined) return;
    try {
      this.#keep(await this.#put(caller, changed, revision));
    } catch (error) {
      if (!isClarityError(error) || error.code !== 'REVISION_CONFLICT') throw error;
      const now = this.find(serviceId);
      // Another process changed the record and memory has its version; apply this change to that version.
      if (now !== undefined && now.revision !== revision) await this.#update(caller, serviceId, change);
      else if (now !== undefined) throw error;
    }
  }

  async #admit(manifest: Manifest): Promise<ServiceRecord> {
    const { metadata, spec } = manifest;
    const namespace = normalizeNamespace(spec.toolNamespace ?? metadata.module);
    const serviceId = deriveServiceId(manifest, this.kinds);
    const [{ field } = { field: '' }, ...prefixes] = namespaceClaims({ namespace, manifest });
    const hint = this.find(serviceId)?.namespace === namespace ? undefined : namespaceProblem(namespace);
    if (hint !== undefined) throw new ClarityError('NAMESPACE_RESERVED', namespace, { field, hint });
    for (const { name, ...place } of prefixes) {
      if (RESERVED_NAMESPACES.has(name)) throw new ClarityError('NAMESPACE_RESERVED', name, place);
    }
    const connector = this.#connectors.get(spec.origin.type);
    if (connector === undefined) {
      throw new ClarityError('ORIGIN_UNSUPPORTED', spec.origin.type, { field: 'spec.origin.type' });
    }
    const artifact = await connector.admit(manifest);
    const identity = { schema: 1, serviceId, namespace, manifest } as const;
    return artifact === undefined ? identity : { ...identity, artifact };
  }

  /**
   * Returns the services that the record replaces.
   * @throws ClarityError NAMESPACE_TAKEN when another service owns its namespace or its prefix.
   */
  #findReplaced(record: ServiceRecord): readonly Service[] {
    const others = this.all().filter(({ serviceId }) => serviceId !== record.serviceId);
    const replaced = others.filter((other) => isSameProgram(other.manifest, record.manifest, this.kinds));
    const claims = others
      .filter((other) => !replaced.includes(other))
      .flatMap((other) => namespaceClaims(other).map(({ name }) => [name, other.serviceId] as const));
    const owners = new Map(claims);
    for (const { name, ...place } of namespaceClaims(record)) {
      const owner = owners.get(name);
      if (owner !== undefined) throw new ClarityError('NAMESPACE_TAKEN', `'${name}' belongs to ${owner}`, place);
    }
    return replaced;
  }

  async #remove(caller: Caller, service: Service): Promise<void> {
    const context = { caller, op: this.#op() };
    try {
      await this.#registry.remove(caller.tenant, service.serviceId, service.revision, context);
    } catch (error) {
      throw storeFailure(error);
    }
    this.#services.delete(service.serviceId);
  }

  async #put(caller: Caller, record: ServiceRecord, expect: Expect): Promise<Versioned<ServiceRecord>> {
    try {
      return await putSettled(this.#registry, caller.tenant, record, expect, { caller, op: this.#op() });
    } catch (error) {
      if (isClarityError(error) && error.code === 'REVISION_CONFLICT') await this.#refresh(caller, record.serviceId);
      throw error;
    }
  }

  /** Another process changed the record: the next attempt starts from its version. */
  async #refresh(caller: Caller, serviceId: string): Promise<void> {
    const found = await this.#registry.get(caller.tenant, serviceId).catch((error: unknown) => {
      throw storeFailure(error);
    });
    if (found === undefined) this.#services.delete(serviceId);
    else this.#keep(found);
  }

  #keep({ value, revision }: Versioned<ServiceRecord>): Service {
    const service = { ...value, revision };
    this.#services.set(service.serviceId, service);
    return service;
  }

  #nextOrdinal(): number {
    return Math.max(0, ...[...this.#services.values()].map(({ ordinal = 0 }) => ordinal)) + 1;
  }

  #op(): string {
    return hex(this.#entropy.bytes(12));
  }
}

/** Returns the record to store; undefined when it does not change. */
type RecordChange = (record: ServiceRecord) => ServiceRecord | undefined;

const withHold =
  (hold: Quarantine | undefined): RecordChange =>
  ({ hold: before, ...record }) => {
    if (hold === undefined) return before === undefined ? undefined : record;
    return { ...record, hold };
  };
