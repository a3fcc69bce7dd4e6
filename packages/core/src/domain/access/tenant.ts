import { ClarityError } from '../errors/clarity-error.ts';
import { toPrintableAscii, valueText } from '../text/safe-text.ts';
import type { Caller } from './caller.ts';

const TENANT = /^[a-z0-9][a-z0-9_-]{0,62}$/;

/** The tenant of a runtime without another one. It always exists. */
export const DEFAULT_TENANT = 'default';

/** Returns whether a text is the name of a tenant: `[a-z0-9][a-z0-9_-]{0,62}`. */
export const isTenantId = (value: unknown): value is string => typeof value === 'string' && TENANT.test(value);

/**
 * Checks the tenant of a caller against the tenant that a runtime serves. Callers of the runtime itself, at the door `boot`, belong to each.
 * @throws ClarityError REQUEST_INVALID with the field `caller.tenant`.
 */
export function assertOwnTenant({ tenant, door }: Pick<Caller, 'tenant' | 'door'>, own: string): void {
  if (tenant === own || door === 'boot') return;
  const reason = isTenantId(tenant)
    ? `this runtime serves the tenant '${own}', not '${tenant}'`
    : `'${toPrintableAscii(valueText(tenant))}' is not the name of a tenant`;
  throw new ClarityError('REQUEST_INVALID', reason, {
    field: 'caller.tenant',
    hint: `use a caller of the tenant '${own}'`,
  });
}
