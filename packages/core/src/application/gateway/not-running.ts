import { failure, type Failure } from '../../domain/clarity-error.ts';
import type { Lifecycle, Service } from '../../domain/service.ts';

/** Why a service that is known answers no call, with the mend. */
export function notRunning({ serviceId, namespace, manifest }: Service, lifecycle: Lifecycle): Failure {
  if (lifecycle === 'QUARANTINED') {
    const hint = `look at \`clarityctl logs ${serviceId}\`, then \`clarityctl unquarantine ${serviceId}\``;
    return failure('SERVICE_QUARANTINED', namespace, { hint });
  }
  if (!manifest.spec.enabled) return failure('SERVICE_DISABLED', namespace);
  return failure('SERVICE_STOPPED', namespace, { hint: `start it with \`clarityctl start ${serviceId}\`` });
}
