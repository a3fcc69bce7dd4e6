import { StoreError } from '@clarity-runtime/core';
import type pg from 'pg';
import { isAnswer, mapError } from '../database/map-error.ts';
import type { StoreAddress } from '../database/store-url.ts';
import { migrations, type Migration } from './migrations.ts';
import { APP_ROLE, connectToPrimary, versionOf } from './primary.ts';

/** Result of an upgrade. */
export interface SchemaUpgrade {
  readonly from: number;
  readonly to: number;
  /** The applied steps; with `dryRun` those that would be applied. */
  readonly steps: readonly Migration[];
  /** Whether daemons may log in as a superuser: their connections then use the role `clarity_app`. */
  readonly hasAppRole: boolean;
}

/** Options of `upgradeSchema`. */
export interface UpgradeOptions {
  readonly address: StoreAddress;
  readonly dryRun?: boolean;
  /** Marks the data as restored: every reader starts again. */
  readonly rebase?: boolean;
}

/**
 * Creates the schema or brings it to this version, one transaction for each step. Two upgrades at the same time run one after
 * the other. @throws StoreError `forbidden` without the right to create, `invalid` for a schema of a later version.
 */
export async function upgradeSchema({
  address,
  dryRun = false,
  rebase = false,
}: UpgradeOptions): Promise<SchemaUpgrade> {
  const { schema } = address;
  const client = await connectToPrimary(address);
  try {
    const steps = await migrations(schema);
    const last = steps.at(-1)?.version ?? 0;
    await client.query('select pg_advisory_lock(hashtextextended($1, 0))', [`clarity upgrade ${schema}`]);
    await assertEncoding(client);
    const from = await versionOf(client, schema);
    if (from > last) throw newer(schema, from, last);
    const pending = steps.filter(({ version }) => version > from);
    const hasAppRole = await hasRole(client);
    if (dryRun) return { from, to: last, steps: pending, hasAppRole };
    await client.query(`create schema if not exists ${schema}`);
    for (const step of pending) await apply(client, schema, step);
    const isGranted = await grantAppRole(client, schema);
    if (rebase) await client.query(`update ${schema}.meta set epoch = gen_random_uuid()`);
    return { from, to: last, steps: pending, hasAppRole: isGranted };
  } catch (error) {
    throw mapError(error, { isSent: isAnswer(error), isWrite: false });
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function apply(
  client: pg.Client,
  schema: string,
  { version, minReader, minWriter, sql }: Migration,
): Promise<void> {
  await client.query('begin');
  try {
    await client.query(sql);
    const values = [version, minReader, minWriter];
    await client.query(`update ${schema}.meta set version = $1, min_reader = $2, min_writer = $3`, values);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
}

async function assertEncoding(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ readonly server_encoding: string }>('show server_encoding');
  const encoding = rows[0]?.server_encoding;
  if (encoding !== 'UTF8')
    throw new StoreError('invalid', `the database has the encoding ${String(encoding)}; create one with UTF8`);
}

async function hasRole(client: pg.Client): Promise<boolean> {
  return (await client.query('select 1 from pg_roles where rolname = $1', [APP_ROLE])).rows.length > 0;
}

/** Gives the role of the daemons its rights. Only a superuser creates it: a daemon with another login does not need it. */
async function grantAppRole(client: pg.Client, schema: string): Promise<boolean> {
  const { rows } = await client.query<{ readonly super: boolean }>(
    'select rolsuper as super from pg_roles where rolname = current_user',
  );
  if (!(await hasRole(client))) {
    if (rows[0]?.super !== true) return false;
    await client.query(`create role ${APP_ROLE} nologin nosuperuser nobypassrls`);
  }
  const rights = [
    `grant usage on schema ${schema} to ${APP_ROLE}`,
    `grant select, insert, update, delete on all tables in schema ${schema} to ${APP_ROLE}`,
    `revoke insert, update, delete on ${schema}.meta from ${APP_ROLE}`,
    `grant usage on all sequences in schema ${schema} to ${APP_ROLE}`,
  ];
  for (const right of rights) await client.query(right);
  return true;
}

const newer = (schema: string, from: number, last: number): StoreError =>
  new StoreError(
    'invalid',
    `the schema ${schema} has version ${String(from)}, this program knows ${String(last)}; install the later version`,
  );
