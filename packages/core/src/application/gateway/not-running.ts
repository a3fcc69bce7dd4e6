import { ClarityError } from '../../domain/clarity-error.ts';
import type { Lifecycle, Service } from '../../domain/service.ts';

/** Why a service that is known answers no call, with the mend. */
export function notRunning({ serviceId, namespace, manifest }: Service, lifecycle: Lifecycle): ClarityError {
  if (lifecycle === 'QUARANTINED') {
    const hint = `look at \`clarityctl logs ${serviceId}\`, then \`clarityctl unquarantine ${serviceId}\``;
    return new ClarityError('SERVICE_QUARANTINED', namespace, { hint });
  }
  if (!manifest.spec.enabled) return new ClarityError('SERVICE_DISABLED', namespace);
  return new ClarityError('SERVICE_STOPPED', namespace, { hint: `start it with \`clarityctl start ${serviceId}\`` });
}
