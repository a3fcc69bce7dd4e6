import type { Caller } from '../../domain/access/caller.ts';
import { isClarityError } from '../../domain/errors/clarity-error.ts';
import type { ServiceOperations } from '../../ports/inbound/service-operations.ts';

export interface Removal {
  /** False when there was no such service. */
  readonly removed: boolean;
  readonly artifactRemoved: boolean;
  readonly serviceId: string;
  /** What was left, and why. */
  readonly note?: string;
}

/** Removes a service, and when asked what was built for it. One that is not there is as removed as it can be. */
export async function deprovision(
  services: ServiceOperations,
  caller: Caller,
  { serviceId, cleanUp }: { readonly serviceId: string; readonly cleanUp: boolean },
): Promise<Removal> {
  try {
    const { removed, left } = await services.remove(caller, serviceId, { cleanUp });
    const note = left.map(({ path, reason }) => `${path} was left: ${reason}`).join('; ');
    return { removed: true, artifactRemoved: removed.length > 0, serviceId, ...(note === '' ? {} : { note }) };
  } catch (error) {
    if (!isClarityError(error) || error.code !== 'SERVICE_NOT_FOUND') throw error;
    return { removed: false, artifactRemoved: false, serviceId };
  }
}
