import { isClarityError, type Caller, type Runtime, type ServiceView } from '@clarity-runtime/core';
import type { ImportTarget, TargetService } from './import-target.ts';

/** Imports into the runtime of this process, as a caller. */
export function runtimeTarget(
  { services, secrets, overview }: Runtime,
  caller: Caller,
  dropToken: ImportTarget['dropToken'],
): ImportTarget {
  return {
    setSecret: async (reference, value, destinations) =>
      (await secrets.set(caller, reference, value, destinations)).warnings ?? [],
    deleteSecret: async (reference) => (await secrets.remove(caller, reference)).deleted,
    register: async (manifest) => targetService(await services.apply(caller, manifest, { digest: null })),
    start: async (serviceId) => {
      const { lifecycle, lastError = 'it did not start', hint } = (await services.start(caller, serviceId)).status;
      if (lifecycle === 'RUNNING') return { lifecycle };
      const line = (await overview.problem(caller, serviceId))?.line ?? lastError;
      return { lifecycle, error: lastError.includes(line) ? lastError : `${lastError}: ${line}`, hint };
    },
    find: (serviceId) =>
      Promise.resolve()
        .then(() => targetService(services.get(caller, serviceId)))
        .catch((error: unknown) => {
          if (isClarityError(error) && error.code === 'SERVICE_NOT_FOUND') return undefined;
          throw error;
        }),
    remove: async (serviceId) => {
      await services.remove(caller, serviceId);
    },
    dropToken,
  };
}

const targetService = ({ service: { serviceId, namespace }, digest }: ServiceView): TargetService => ({
  serviceId,
  namespace,
  digest,
});
