import type { Caller } from '../../domain/access/caller.ts';
import { isClarityError } from '../../domain/errors/clarity-error.ts';
import type { ServiceOperations } from '../../ports/inbound/service-operations.ts';

export interface Removal {
  /** False when the service did not exist. */
  readonly removed: boolean;
  readonly artifactRemoved: boolean;
  readonly serviceId: string;
  /** Files that were not deleted, with reasons. */
  readonly note?: string;
}

/** Removes a service and, with `cleanUp`, its artifacts. A service that does not exist is not an error. */
export async function deprovision(
  services: ServiceOperations,
  caller: Caller,
  { serviceId, cleanUp }: { readonly serviceId: string; readonly cleanUp: boolean },
): Promise<Removal> {
  try {
    const { removed, left } = await services.remove(caller, serviceId, { cleanUp });
    const note = left.map(({ path, reason }) => `${path} was not deleted: ${reason}`).join('; ');
    return { removed: true, artifactRemoved: removed.length > 0, serviceId, ...(note === '' ? {} : { note }) };
  } catch (error) {
    if (!isClarityError(error) || error.code !== 'SERVICE_NOT_FOUND') throw error;
    return { removed: false, artifactRemoved: false, serviceId };
  }
}
