import type { ServiceDetailsReply, ServiceReply } from '@clarity-runtime/api-contract';
import { get, send, type ApiResult } from './request.ts';

export type ServiceVerb = 'start' | 'stop' | 'restart' | 'unquarantine';

const LIMITS = 'log_limit=20&event_limit=1&call_limit=8';

export const fetchDetails = (serviceId: string): Promise<ApiResult<ServiceDetailsReply>> =>
  get(`${pathOf(serviceId)}/details?${LIMITS}`);

/** Sends an operation to a service. The result is a failure if the service is not running after a start. */
export async function operate(serviceId: string, verb: ServiceVerb): Promise<ApiResult<unknown>> {
  const result = await send<{ readonly service: ServiceReply }>('POST', `${pathOf(serviceId)}/${verb}`);
  if (result.kind !== 'ok' || (verb !== 'start' && verb !== 'restart')) return result;
  const { lifecycle } = result.value.service.runtime;
  return lifecycle === 'RUNNING'
    ? result
    : { kind: 'failed', reason: 'it did not start; its last error has the reason' };
}

const pathOf = (serviceId: string): string => `/api/services/${encodeURIComponent(serviceId)}`;
