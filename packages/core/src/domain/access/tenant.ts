import { ClarityError } from '../errors/clarity-error.ts';
import { toPrintableAscii } from '../text/safe-text.ts';

const TENANT = /^[a-z0-9][a-z0-9_-]{0,62}$/;

/** The tenant that every runtime serves. */
export const DEFAULT_TENANT = 'default';

/** Returns whether a text is the name of a tenant: `[a-z0-9][a-z0-9_-]{0,62}`. */
export const isTenantId = (value: unknown): value is string => typeof value === 'string' && TENANT.test(value);

/**
 * Checks the tenant of a caller against the tenants that this runtime serves: `default` only.
 * @throws ClarityError REQUEST_INVALID with the field `caller.tenant`.
 */
export function assertTenant(tenant: unknown): void {
  if (tenant === DEFAULT_TENANT) return;
  const reason = isTenantId(tenant)
    ? `this runtime serves the tenant '${DEFAULT_TENANT}', not '${tenant}'`
    : `'${toPrintableAscii(String(tenant))}' is not the name of a tenant`;
  throw new ClarityError('REQUEST_INVALID', reason, {
    field: 'caller.tenant',
    hint: `use a caller of the tenant '${DEFAULT_TENANT}'`,
  });
}
