import { ClarityError } from '../../domain/errors/clarity-error.ts';
import type { Service, ServiceStatus } from '../../domain/services/service.ts';

/** Why a service that is known answers no call, with the mend. */
export function notRunning(
  { serviceId, namespace, manifest }: Service,
  { lifecycle, lastError }: Pick<ServiceStatus, 'lifecycle' | 'lastError'>,
): ClarityError {
  if (lifecycle === 'QUARANTINED') {
    const hint = `look at \`clarityctl logs ${serviceId}\`, then \`clarityctl unquarantine ${serviceId}\``;
    const why = lastError === undefined ? namespace : `${namespace}: ${lastError}`;
    return new ClarityError('SERVICE_QUARANTINED', why, { hint });
  }
  if (!manifest.spec.enabled) return new ClarityError('SERVICE_DISABLED', namespace);
  const why = lastError === undefined ? `${namespace} is ${lifecycle}` : `${namespace} is ${lifecycle}: ${lastError}`;
  return new ClarityError('SERVICE_STOPPED', why, { hint: `start it with \`clarityctl start ${serviceId}\`` });
}
