import { StoreError } from '@clarity-runtime/core';
import type { StoreCapabilities } from '@clarity-runtime/core/ports';
import type { StoreAddress } from '../database/store-url.ts';
import { mapError } from '../database/map-error.ts';
import { migrations } from './migrations.ts';
import { APP_ROLE, connectToPrimary, versionOf } from './primary.ts';

/** Facts about a database that a daemon needs at its start. */
export interface DatabaseFacts {
  /** Role that each connection assumes; absent if the login obeys row-level security. */
  readonly role?: string;
  readonly durable: StoreCapabilities['durable'];
  /** Reasons why acknowledged writes can be lost. */
  readonly warnings: readonly string[];
  readonly serverVersion: string;
}

const MIN_SERVER = 150_000;

interface Facts {
  readonly bypasses: boolean;
  readonly has_role: boolean;
  readonly fsync: string;
  readonly full_page_writes: string;
  readonly synchronous_commit: string;
  readonly version_num: string;
  readonly version: string;
  readonly standbys: string;
}

/**
 * Checks that this program can use the schema. @throws StoreError `unavailable` without a server, `corrupt` when the schema must
 * be upgraded first, `invalid` for a server or a schema that this program does not know.
 */
export async function inspectDatabase(address: StoreAddress): Promise<DatabaseFacts> {
  const client = await connectToPrimary(address);
  try {
    const { rows } = await client.query<Facts>(FACTS, [APP_ROLE]);
    const [facts] = rows;
    if (facts === undefined) throw new StoreError('corrupt', 'the server does not describe itself');
    if (Number(facts.version_num) < MIN_SERVER) {
      throw new StoreError('invalid', `PostgreSQL ${facts.version} is too old; use 15 or later`);
    }
    await assertVersion(address, await versionOf(client, address.schema));
    if (facts.bypasses && !facts.has_role) {
      throw new StoreError(
        'forbidden',
        `the login bypasses row-level security; run \`clarityctl store upgrade\` as a superuser`,
      );
    }
    const isPower = facts.fsync === 'on' && facts.full_page_writes === 'on' && facts.synchronous_commit !== 'off';
    return {
      ...(facts.bypasses ? { role: APP_ROLE } : {}),
      durable: isPower ? 'power' : 'process',
      warnings: warningsOf(facts, isPower),
      serverVersion: facts.version,
    };
  } catch (error) {
    throw mapError(error, { isSent: true, isWrite: false });
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function assertVersion(address: StoreAddress, found: number): Promise<void> {
  const last = (await migrations(address.schema)).at(-1)?.version ?? 0;
  if (found < last) {
    const state = found === 0 ? 'has no schema yet' : `has schema version ${String(found)}, not ${String(last)}`;
    throw new StoreError('corrupt', `${address.shown} ${state}; run \`clarityctl store upgrade\``);
  }
}

const FACTS = `select
  (select rolsuper or rolbypassrls from pg_roles where rolname = current_user) as bypasses,
  exists (select 1 from pg_roles where rolname = $1) as has_role,
  current_setting('fsync') as fsync,
  current_setting('full_page_writes') as full_page_writes,
  current_setting('synchronous_commit') as synchronous_commit,
  current_setting('server_version_num') as version_num,
  current_setting('server_version') as version,
  (select count(*) from pg_stat_replication where sync_state = 'async')::text as standbys`;

function warningsOf({ standbys }: Facts, isPower: boolean): readonly string[] {
  const warnings: string[] = [];
  if (!isPower)
    warnings.push('fsync, full_page_writes or synchronous_commit is off: a power cut can lose acknowledged changes');
  if (Number(standbys) > 0) warnings.push('a standby is asynchronous: a failover to it can lose acknowledged changes');
  return warnings;
}
