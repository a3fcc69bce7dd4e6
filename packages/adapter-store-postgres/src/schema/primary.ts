import { StoreError } from '@clarity-runtime/core';
import pg from 'pg';
import { mapError } from '../database/map-error.ts';
import type { StoreAddress } from '../database/store-url.ts';

/** Role of daemons that log in as a superuser. */
export const APP_ROLE = 'clarity_app';

const CONNECT_TIMEOUT_MS = 5_000;
const STEP_TIMEOUT_MS = 600_000;

/** Connects to the first host that takes writes. @throws StoreError `unavailable` */
export async function connectToPrimary(address: StoreAddress): Promise<pg.Client> {
  let last: unknown = new StoreError('unavailable', `${address.shown}: no server takes writes`);
  for (const host of address.hosts) {
    const timeouts = { connectionTimeoutMillis: CONNECT_TIMEOUT_MS, statement_timeout: STEP_TIMEOUT_MS };
    const client = new pg.Client({ ...host, ...timeouts });
    client.on('error', () => undefined);
    try {
      await client.connect();
      const { rows } = await client.query<{ readonly standby: boolean }>('select pg_is_in_recovery() as standby');
      if (rows[0]?.standby === false) return client;
    } catch (error) {
      last = error;
    }
    await client.end().catch(() => undefined);
  }
  throw mapError(last, { isSent: false, isWrite: false });
}

/** Returns the version of the schema; 0 without one. */
export async function versionOf(client: pg.Client, schema: string): Promise<number> {
  const found = await client.query('select 1 from pg_tables where schemaname = $1 and tablename = $2', [
    schema,
    'meta',
  ]);
  if (found.rows.length === 0) return 0;
  const { rows } = await client.query<{ readonly version: number }>(`select version from ${schema}.meta`);
  return rows[0]?.version ?? 0;
}
