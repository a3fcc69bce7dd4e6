import { ClarityError } from '../domain/errors/clarity-error.ts';
import type { Service } from '../domain/services/service.ts';
import type { ServiceState } from './service-state.ts';

/** The record to start a service from; a refusal with the mend when it must not be started. */
export function startable({ id, status, parts }: ServiceState): Service {
  const service = parts.find(id);
  if (service === undefined) throw new ClarityError('SERVICE_NOT_FOUND', id);
  if (parts.closing.aborted) throw new ClarityError('SHUTTING_DOWN', '');
  if (status.lifecycle === 'QUARANTINED') {
    throw new ClarityError('SERVICE_QUARANTINED', `${id} (use unquarantine first)`);
  }
  if (!service.manifest.spec.enabled) throw new ClarityError('SERVICE_DISABLED', id, { field: 'spec.enabled' });
  return service;
}
