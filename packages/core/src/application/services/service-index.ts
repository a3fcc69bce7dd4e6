import { ClarityError } from '../../domain/errors/clarity-error.ts';
import type { Manifest } from '../../domain/services/manifest.ts';
import { freeNamespace, namespaceClaims, namespaceOf } from '../../domain/services/namespace.ts';
import type { OriginKinds } from '../../domain/services/origin-kinds.ts';
import { deriveServiceId, programKey } from '../../domain/services/service-id.ts';
import type { Service, ServiceRecord } from '../../domain/services/service.ts';
import type { Versioned } from '../../ports/index.ts';

interface Entry {
  readonly service: Service;
  readonly writtenAt: string;
}

/**
 * Stored services by id, name and program. One record of a program is current. The others were replaced, and are hidden until
 * the store has removed them.
 */
export class ServiceIndex {
  readonly #kinds: OriginKinds;
  readonly #entries = new Map<string, Entry>();
  readonly #idsByName = new Map<string, Set<string>>();
  readonly #idsByProgram = new Map<string, Set<string>>();
  readonly #replaced = new Set<string>();
  /** Records by the ids in their `replaces`. */
  readonly #idsByReplaced = new Map<string, Set<string>>();
  /** The record that has an id among its `previousIds`, by this id. */
  readonly #heirs = new Map<string, string>();
  /** The result of `all` until the next change. */
  #sorted: readonly Service[] | undefined;
  #lastOrdinal = 0;

  constructor(kinds: OriginKinds) {
    this.#kinds = kinds;
  }

  /** Stores a record, or deletes it without `item`. */
  set(serviceId: string, item: Versioned<ServiceRecord> | undefined): void {
    this.#sorted = undefined;
    const before = this.#entries.get(serviceId);
    if (before !== undefined) {
      for (const { name } of namespaceClaims(before.service)) discard(this.#idsByName, name, serviceId);
      discard(this.#idsByProgram, this.#programOf(before.service), serviceId);
      for (const old of before.service.replaces ?? []) discard(this.#idsByReplaced, old.serviceId, serviceId);
      for (const old of before.service.previousIds ?? [])
        if (this.#heirs.get(old) === serviceId) this.#heirs.delete(old);
    }
    this.#entries.delete(serviceId);
    this.#replaced.delete(serviceId);
    if (item !== undefined) {
      const service: Service = { ...item.value, revision: item.revision };
      this.#entries.set(serviceId, { service, writtenAt: item.writtenAt });
      this.#lastOrdinal = Math.max(this.#lastOrdinal, service.ordinal ?? 0);
      for (const { name } of namespaceClaims(service)) include(this.#idsByName, name, serviceId);
      include(this.#idsByProgram, this.#programOf(service), serviceId);
      for (const old of service.replaces ?? []) include(this.#idsByReplaced, old.serviceId, serviceId);
      for (const old of service.previousIds ?? []) this.#heirs.set(old, serviceId);
    }
    const changed = [before?.service, item?.value].filter((record) => record !== undefined);
    const named = changed.flatMap(({ replaces = [] }) =>
      replaces.flatMap((old) => this.#entries.get(old.serviceId)?.service ?? []),
    );
    for (const program of new Set([...changed, ...named].map((record) => this.#programOf(record))))
      this.#judge(program);
  }

  /** Returns the current services ordered by namespace. */
  all(): readonly Service[] {
    if (this.#sorted !== undefined) return this.#sorted;
    const current = [...this.#entries.values()].filter(({ service }) => !this.#replaced.has(service.serviceId));
    return (this.#sorted = current.map(({ service }) => service).sort((a, b) => (a.namespace < b.namespace ? -1 : 1)));
  }

  find(serviceId: string): Service | undefined {
    return this.#replaced.has(serviceId) ? undefined : this.#entries.get(serviceId)?.service;
  }

  /** Returns the id of the current service that has, or had, an id; the id itself without one. */
  currentId(serviceId: string): string {
    const heir = this.#heirs.get(serviceId);
    return this.find(serviceId) === undefined && heir !== undefined ? heir : serviceId;
  }

  /** Returns the current services that claim a name as namespace or prefix. */
  claimants(name: string): readonly Service[] {
    return [...(this.#idsByName.get(name) ?? [])].flatMap((id) => this.find(id) ?? []);
  }

  /** Returns all records of the same program with another id, replaced ones included. */
  siblings(record: ServiceRecord): readonly Service[] {
    const ids = this.#idsByProgram.get(this.#programOf(record)) ?? [];
    return [...ids].flatMap((id) => (id === record.serviceId ? [] : (this.#entries.get(id)?.service ?? [])));
  }

  /** Returns the services that a registration of the manifest would change or replace. */
  affectedBy(manifest: Manifest): readonly Service[] {
    const serviceId = deriveServiceId(manifest, this.#kinds);
    const own = this.find(serviceId);
    const record = { schema: 1, serviceId, namespace: namespaceOf(manifest), manifest } as const;
    return [...(own === undefined ? [] : [own]), ...this.siblings(record)];
  }

  /**
   * Returns the services that the record replaces: `former`, if given, and the other records of its program.
   * @throws ClarityError NAMESPACE_TAKEN when another service owns its namespace or its prefix.
   */
  replacedBy(record: ServiceRecord, former?: Service): readonly Service[] {
    const own = this.siblings(record);
    const other =
      former === undefined || former.serviceId === record.serviceId ? [] : [former, ...this.siblings(former)];
    const replaced = [...other, ...own.filter((service) => !other.includes(service))];
    this.#assertFree(record, replaced);
    return replaced;
  }

  #assertFree(record: ServiceRecord, replaced: readonly Service[]): void {
    const own = new Set([record.serviceId, ...replaced.map(({ serviceId }) => serviceId)]);
    for (const { name, ...place } of namespaceClaims(record)) {
      const owner = this.claimants(name).find(({ serviceId }) => !own.has(serviceId));
      if (owner === undefined) continue;
      const free = freeNamespace(name, (candidate) => this.claimants(candidate).length > 0);
      const hint = `set ${place.field === 'metadata.module' ? 'spec.toolNamespace, or --module,' : place.field} to '${free}'`;
      throw new ClarityError('NAMESPACE_TAKEN', `'${name}' belongs to ${owner.serviceId}`, { ...place, hint });
    }
  }

  /** Position of the next registration. */
  get nextOrdinal(): number {
    return this.#lastOrdinal + 1;
  }

  /** Ids of the records that another record has replaced. */
  get replaced(): readonly string[] {
    return [...this.#replaced];
  }

  /**
   * Decides which record of a program is current: one that no other names in `replaces`, else the newest. A program whose
   * records a record of another program names has none.
   */
  #judge(program: string): void {
    const ids = [...(this.#idsByProgram.get(program) ?? [])];
    const entries = ids.flatMap((id) => this.#entries.get(id) ?? []);
    const heirless = entries.filter((entry) =>
      this.#namersOf(entry).every(({ service }) => this.#programOf(service) === program),
    );
    const unnamed = heirless.filter((entry) => !this.#namersOf(entry).some((namer) => heirless.includes(namer)));
    const [current] = (unnamed.length > 0 ? unnamed : heirless).sort(newestFirst);
    for (const id of ids) {
      if (id === current?.service.serviceId) this.#replaced.delete(id);
      else this.#replaced.add(id);
    }
  }

  /** Returns the records that name this revision of a record in `replaces`. */
  #namersOf({ service: { serviceId, revision } }: Entry): readonly Entry[] {
    const namers = [...(this.#idsByReplaced.get(serviceId) ?? [])].flatMap((id) => this.#entries.get(id) ?? []);
    return namers.filter(({ service }) =>
      service.replaces?.some((old) => old.serviceId === serviceId && old.revision === revision),
    );
  }

  /** Key of a program; a service that is not built from a source is a program of its own. */
  #programOf({ serviceId, manifest }: ServiceRecord): string {
    return programKey(manifest, this.#kinds) ?? serviceId;
  }
}

const newestFirst = (a: Entry, b: Entry): number => {
  if (a.writtenAt !== b.writtenAt) return a.writtenAt < b.writtenAt ? 1 : -1;
  return a.service.serviceId < b.service.serviceId ? 1 : -1;
};

function include(map: Map<string, Set<string>>, key: string, id: string): void {
  const ids = map.get(key) ?? new Set();
  map.set(key, ids.add(id));
}

function discard(map: Map<string, Set<string>>, key: string, id: string): void {
  const ids = map.get(key);
  ids?.delete(id);
  if (ids?.size === 0) map.delete(key);
}
