import { ClarityError } from '../../domain/errors/clarity-error.ts';
import type { ErrorCode } from '../../domain/errors/error-table.ts';
import type { ServiceRecord } from '../../domain/services/service.ts';
import { isStoreError, type StoreErrorKind } from '../../domain/errors/store-error.ts';
import type { Expect, ServiceRegistry, TenantId, Versioned, WriteContext } from '../../ports/index.ts';

const codes: Partial<Record<StoreErrorKind, ErrorCode>> = {
  conflict: 'REVISION_CONFLICT',
  exhausted: 'STORAGE_FULL',
  unavailable: 'STORE_UNAVAILABLE',
  indeterminate: 'STORE_UNAVAILABLE',
  closed: 'STORE_UNAVAILABLE',
  forbidden: 'STORE_UNAVAILABLE',
  aborted: 'CALL_CANCELLED',
  corrupt: 'STORE_CORRUPT',
};

const FORBIDDEN_HINT =
  'grant the user of clarityd write access to the workspace, and check that the disk is not read-only';

/** Returns the `ClarityError` for a `StoreError`. Returns any other error unchanged. */
export function storeFailure(error: unknown): unknown {
  if (!isStoreError(error)) return error;
  const hint = error.kind === 'forbidden' ? { hint: FORBIDDEN_HINT } : {};
  return new ClarityError(codes[error.kind] ?? 'INTERNAL', error.message, { ...hint, cause: error });
}

/**
 * Writes a record with a definite outcome. After an `indeterminate` failure it reads the record: the same `op` means that the
 * write was applied. Otherwise it repeats the write once; compare-and-set then rejects the first write if that arrives late.
 */
export async function putSettled(
  registry: ServiceRegistry,
  tenant: TenantId,
  record: ServiceRecord,
  expect: Expect,
  context: WriteContext,
): Promise<Versioned<ServiceRecord>> {
  try {
    return await registry.put(tenant, record, expect, context);
  } catch (error) {
    if (!isStoreError(error) || error.kind !== 'indeterminate') throw storeFailure(error);
  }
  try {
    const found = await registry.get(tenant, record.serviceId);
    return found?.op === context.op ? found : await registry.put(tenant, record, expect, context);
  } catch (error) {
    throw storeFailure(error);
  }
}
