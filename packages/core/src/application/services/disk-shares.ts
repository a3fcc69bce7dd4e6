import type { Caller } from '../../domain/access/caller.ts';
import { isClientDoor, isOperator, OPERATOR, registrantOf, type Registrant } from '../../domain/access/registrant.ts';
import { ClarityError } from '../../domain/errors/clarity-error.ts';
import type { Manifest } from '../../domain/services/manifest.ts';
import type { ServiceArtifact, ServiceRecord } from '../../domain/services/service.ts';
import type { Clock } from '../../ports/index.ts';

/** Bytes that the registrations of one principal may store: manifests, modules and interface documents. */
const DEFAULT_MAX_DISK_BYTES = 1_073_741_824;

/** Time after which an artifact without a record is deleted: 24 hours, and the interval of the collection. */
const ORPHAN_MS = 30 * 3_600_000;

interface Use {
  readonly owner: string;
  readonly bytes: number;
}

interface ServiceUse {
  readonly owner: string;
  readonly manifest: Manifest;
  readonly artifact: ServiceArtifact | undefined;
}

interface Orphan extends Use {
  /** Monotonic milliseconds. */
  readonly until: number;
}

/**
 * Counts the stored bytes of registrations by the principal that made them. An artifact that no record has, because its
 * registration failed or its service was removed, counts until it is deleted. The operator is one principal, whatever entry
 * point it used.
 */
export class DiskShares {
  readonly #maxBytes: number;
  readonly #clock: Clock;
  readonly #uses = new Map<string, ServiceUse>();
  /** Records that have an artifact, by its digest. */
  readonly #references = new Map<string, number>();
  /** Artifacts without a record by digest, oldest first. */
  readonly #orphans = new Map<string, Orphan>();
  /** Bytes by owner; undefined until a limit is asked for: a start measures no manifest. */
  #sums: Map<string, number> | undefined;

  constructor(clock: Clock, maxBytes = DEFAULT_MAX_DISK_BYTES) {
    this.#maxBytes = maxBytes;
    this.#clock = clock;
  }

  /** Takes over the stored record of a service; undefined when it was removed. */
  set(serviceId: string, record: ServiceRecord | undefined): void {
    const before = this.#uses.get(serviceId);
    this.#uses.delete(serviceId);
    if (record !== undefined) {
      const { artifact, manifest, registrant = OPERATOR } = record;
      const use = { owner: ownerKey(registrant), manifest, artifact };
      this.#uses.set(serviceId, use);
      this.#addService(use, 1);
      if (artifact !== undefined) {
        this.#refer(artifact, 1);
        this.#forget(artifact.wasmSha256);
      }
    }
    if (before === undefined) return;
    this.#addService(before, -1);
    if (before.artifact !== undefined && this.#refer(before.artifact, -1) === 0)
      this.#addOrphan(before.owner, before.artifact);
  }

  /**
   * Returns the bytes that the artifact of a registration may have. The runtime itself is not limited.
   * @throws ClarityError QUOTA_EXCEEDED when the manifest has no room.
   */
  room(caller: Caller, { serviceId, manifest }: Pick<ServiceRecord, 'serviceId' | 'manifest'>): number {
    if (caller.principal.kind === 'system') return Infinity;
    this.#expire();
    const owner = ownerKey(registrantOf(caller));
    const own = this.#uses.get(serviceId);
    // The manifest is replaced at once. The former artifact stays until it is deleted.
    const replaced = own?.owner === owner ? bytesOf(own.manifest) : 0;
    const used = (this.#counted().get(owner) ?? 0) - replaced + bytesOf(manifest);
    if (used > this.#maxBytes) throw diskFull(used, this.#maxBytes);
    return this.#maxBytes - used;
  }

  /** Counts a stored artifact until a record has it. */
  addArtifact(caller: Caller, artifact: ServiceArtifact): void {
    const isCounted = this.#references.has(artifact.wasmSha256) || this.#orphans.has(artifact.wasmSha256);
    if (!isCounted) this.#addOrphan(ownerKey(registrantOf(caller)), artifact);
  }

  #addOrphan(owner: string, { wasmSha256, bytes = 0 }: ServiceArtifact): void {
    const orphan = { owner, bytes, until: this.#clock.monotonic() + ORPHAN_MS };
    this.#orphans.set(wasmSha256, orphan);
    this.#add(orphan, 1);
  }

  #expire(): void {
    const now = this.#clock.monotonic();
    for (const [sha256, { until }] of this.#orphans) {
      if (until > now) return;
      this.#forget(sha256);
    }
  }

  #forget(sha256: string): void {
    const orphan = this.#orphans.get(sha256);
    if (orphan === undefined) return;
    this.#orphans.delete(sha256);
    this.#add(orphan, -1);
  }

  /** Returns the number of records that have the artifact afterwards. */
  #refer({ wasmSha256 }: ServiceArtifact, change: 1 | -1): number {
    const count = (this.#references.get(wasmSha256) ?? 0) + change;
    if (count === 0) this.#references.delete(wasmSha256);
    else this.#references.set(wasmSha256, count);
    return count;
  }

  #addService({ owner, manifest, artifact }: ServiceUse, sign: 1 | -1): void {
    if (this.#sums !== undefined) this.#add({ owner, bytes: bytesOf(manifest) + (artifact?.bytes ?? 0) }, sign);
  }

  #add({ owner, bytes }: Use, sign: 1 | -1): void {
    this.#sums?.set(owner, (this.#sums.get(owner) ?? 0) + sign * bytes);
  }

  #counted(): ReadonlyMap<string, number> {
    if (this.#sums !== undefined) return this.#sums;
    const sums = (this.#sums = new Map<string, number>());
    for (const use of this.#uses.values()) this.#addService(use, 1);
    for (const orphan of this.#orphans.values()) this.#add(orphan, 1);
    return sums;
  }
}

/** Returns the error of a registration that exceeds the limit of its principal. */
const diskFull = (bytes: number, maxBytes: number): ClarityError =>
  new ClarityError(
    'QUOTA_EXCEEDED',
    `the registrations of this caller would use ${String(bytes)} of ${String(maxBytes)} bytes`,
    {
      field: 'spec.origin',
      hint: 'remove services, or raise CLARITYD_MAX_DISK_BYTES; artifacts without a service are deleted after 24 hours',
    },
  );

const ownerKey = (registrant: Registrant): string =>
  isOperator(registrant)
    ? 'operator'
    : `${registrant.principal} ${isClientDoor(registrant.door) ? 'client' : 'program'}`;

const encoder = new TextEncoder();
const bytesOf = (manifest: Manifest): number => encoder.encode(JSON.stringify(manifest)).length;
