import { createHash } from 'node:crypto';
import { StoreError } from '@clarity-runtime/core';
import type { ArtifactKind, ArtifactStore, InterfaceStore, TenantId } from '@clarity-runtime/core/ports';
import type { Database } from '../database/database.ts';
import { assertTenant } from '../database/values.ts';

/** For values of several megabytes. */
const DEADLINE_MS = 10_000;
const MAX_BYTES = 32 * 1024 * 1024;

/** Artifacts in PostgreSQL, at most 32 MiB each. */
export class PgArtifactStore implements ArtifactStore {
  readonly #database: Database;

  constructor({ database }: { readonly database: Database }) {
    this.#database = database;
  }

  async put(tenant: TenantId, kind: ArtifactKind, bytes: Uint8Array): Promise<string> {
    assertTenant(tenant);
    const own = Buffer.from(bytes);
    if (own.length > MAX_BYTES) throw new StoreError('too_large', `an artifact may have ${String(MAX_BYTES)} bytes`);
    const sha256 = digestOf(own);
    const options = { isWrite: true, deadlineMs: DEADLINE_MS };
    await this.#database.call('set_artifact', [tenant, kind, sha256, own], options);
    return sha256;
  }

  async get(tenant: TenantId, kind: ArtifactKind, sha256: string): Promise<Uint8Array | undefined> {
    assertTenant(tenant);
    const [row] = await this.#database.call('artifact', [tenant, kind, sha256], { deadlineMs: DEADLINE_MS });
    const bytes = row?.['artifact'];
    if (!(bytes instanceof Uint8Array)) return undefined;
    if (digestOf(bytes) !== sha256) throw new StoreError('corrupt', `artifact ${sha256} has other bytes`);
    return new Uint8Array(bytes);
  }
}

const digestOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Last known interfaces of services in PostgreSQL. */
export class PgInterfaceStore implements InterfaceStore {
  readonly #database: Database;

  constructor({ database }: { readonly database: Database }) {
    this.#database = database;
  }

  async load(tenant: TenantId, serviceId: string): Promise<string | undefined> {
    assertTenant(tenant);
    const [row] = await this.#database.call('document', [tenant, serviceId], { deadlineMs: DEADLINE_MS });
    const body = row?.['document'];
    return typeof body === 'string' ? body : undefined;
  }

  async save(tenant: TenantId, serviceId: string, document: string): Promise<void> {
    assertTenant(tenant);
    await this.#set(tenant, serviceId, document);
  }

  async remove(tenant: TenantId, serviceId: string): Promise<void> {
    assertTenant(tenant);
    await this.#set(tenant, serviceId, null);
  }

  async #set(tenant: TenantId, serviceId: string, body: string | null): Promise<void> {
    const options = { isWrite: true, deadlineMs: DEADLINE_MS };
    await this.#database.call('set_document', [tenant, serviceId, body], options);
  }
}
