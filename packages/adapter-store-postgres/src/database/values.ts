import { StoreError } from '@clarity-runtime/core';
import type { TenantId } from '@clarity-runtime/core/ports';
import type { ResultRow } from './database.ts';

const TENANT = /^[a-z0-9][a-z0-9_-]{0,62}$/;

/** @throws StoreError `invalid` for a text that is not the name of a tenant. */
export function assertTenant(tenant: TenantId): void {
  if (!TENANT.test(tenant)) throw new StoreError('invalid', `'${tenant}' is not the name of a tenant`);
}

/** Returns a text of a row. @throws StoreError `corrupt` */
export function textOf(row: ResultRow | undefined, name: string): string {
  const value = row?.[name];
  if (typeof value === 'string') return value;
  throw new StoreError('corrupt', `the database answered without '${name}'; run \`clarityctl store upgrade\``);
}

/** Returns a number of a row; a bigint arrives as text. @throws StoreError `corrupt` */
export function numberOf(row: ResultRow | undefined, name: string): number {
  const value = row?.[name];
  if (typeof value === 'number') return value;
  return Number(textOf(row, name));
}

/** Returns the ISO 8601 text of a time. @throws StoreError `corrupt` */
export function timeOf(row: ResultRow | undefined, name: string): string {
  const value = row?.[name];
  if (value instanceof Date) return value.toISOString();
  throw new StoreError('corrupt', `the database answered without '${name}'`);
}
