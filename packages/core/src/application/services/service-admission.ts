import type { Caller } from '../../domain/access/caller.ts';
import { ClarityError } from '../../domain/errors/clarity-error.ts';
import type { Manifest, OriginType } from '../../domain/services/manifest.ts';
import {
  namespaceClaims,
  namespaceProblem,
  namespaceOf,
  RESERVED_NAMESPACES,
} from '../../domain/services/namespace.ts';
import { originKind, type OriginKinds } from '../../domain/services/origin-kinds.ts';
import { deriveServiceId } from '../../domain/services/service-id.ts';
import type { ServiceArtifact, ServiceRecord } from '../../domain/services/service.ts';
import type { ServiceConnector } from '../../ports/index.ts';
import type { DiskShares } from './disk-shares.ts';
import type { ServiceIndex } from './service-index.ts';

/** Turns manifests into records: derives the id, checks the names and stores the code. */
export class ServiceAdmission {
  readonly #connectors: ReadonlyMap<OriginType, ServiceConnector>;
  readonly #kinds: OriginKinds;
  readonly #shares: DiskShares;

  constructor(connectors: ReadonlyMap<OriginType, ServiceConnector>, kinds: OriginKinds, shares: DiskShares) {
    this.#connectors = connectors;
    this.#kinds = kinds;
    this.#shares = shares;
  }

  /**
   * Returns the record of a manifest. A service that is stored already keeps a namespace that became reserved.
   * @throws ClarityError NAMESPACE_RESERVED, ORIGIN_UNSUPPORTED, QUOTA_EXCEEDED or the error of the connector.
   */
  async admit(caller: Caller, manifest: Manifest, services: Pick<ServiceIndex, 'find'>): Promise<ServiceRecord> {
    const { spec } = manifest;
    const namespace = namespaceOf(manifest);
    const serviceId = deriveServiceId(manifest, this.#kinds);
    const [{ field } = { field: '' }, ...prefixes] = namespaceClaims({ namespace, manifest });
    const hint = services.find(serviceId)?.namespace === namespace ? undefined : namespaceProblem(namespace);
    if (hint !== undefined) throw new ClarityError('NAMESPACE_RESERVED', namespace, { field, hint });
    for (const { name, ...place } of prefixes) {
      if (RESERVED_NAMESPACES.has(name)) throw new ClarityError('NAMESPACE_RESERVED', name, place);
    }
    const connector = this.#connectors.get(spec.origin.type);
    if (connector === undefined) {
      throw new ClarityError('ORIGIN_UNSUPPORTED', spec.origin.type, { field: 'spec.origin.type' });
    }
    const identity = { schema: 1, serviceId, namespace, manifest } as const;
    const maxArtifactBytes = this.#shares.room(caller, identity);
    const artifact = await connector.admit(manifest, { maxArtifactBytes });
    if (artifact !== undefined) this.#shares.addArtifact(caller, artifact);
    return artifact === undefined ? identity : { ...identity, artifact };
  }

  /** Checks the room again, because other registrations were admitted meanwhile. @throws ClarityError QUOTA_EXCEEDED. */
  assertRoom(caller: Caller, record: ServiceRecord): void {
    this.#shares.room(caller, record);
  }

  /** Stores the code of a built service whose record has no copy of it. Returns undefined for every other service. */
  async missingArtifact({ artifact, manifest }: ServiceRecord): Promise<ServiceArtifact | undefined> {
    const { type } = manifest.spec.origin;
    if (artifact !== undefined || !originKind(type, this.#kinds).isBuiltFromSource) return undefined;
    return this.#connectors.get(type)?.admit(manifest);
  }
}
