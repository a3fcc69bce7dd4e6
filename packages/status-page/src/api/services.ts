import type { ServiceReply } from '@clarity-runtime/api-contract';
import { get, send, type ApiResult } from './request.ts';

export type ServiceVerb = 'start' | 'stop' | 'restart' | 'unquarantine' | 'introspect';

interface ServiceBody {
  readonly service: ServiceReply;
}

export const servicePath = (id: string, rest = ''): string => `/api/services/${encodeURIComponent(id)}${rest}`;

/** Sends an operation to a service. The result is a failure if the service does not run after a start. */
export async function operate(id: string, verb: ServiceVerb): Promise<ApiResult<unknown>> {
  const result = await send<ServiceBody>('POST', servicePath(id, `/${verb}`));
  if (result.kind !== 'ok' || (verb !== 'start' && verb !== 'restart')) return result;
  const { lifecycle, lastError, hint } = result.value.service.runtime;
  if (lifecycle === 'RUNNING' || lifecycle === 'STARTING') return result;
  return {
    kind: 'failed',
    reason: lastError ?? 'it did not start',
    ...(hint === undefined ? {} : { hint }),
  };
}

/** Lifts the quarantine and starts the service. */
export async function clearAndStart(id: string): Promise<ApiResult<unknown>> {
  const cleared = await operate(id, 'unquarantine');
  return cleared.kind === 'ok' ? operate(id, 'start') : cleared;
}

export const removeService = (id: string): Promise<ApiResult<unknown>> => send('DELETE', servicePath(id));

/** Runs an operation for services, four at a time. Returns the failures by service id. */
export async function operateAll(
  ids: readonly string[],
  run: (id: string) => Promise<ApiResult<unknown>>,
): Promise<ReadonlyMap<string, Exclude<ApiResult<unknown>, { readonly kind: 'ok' }>>> {
  const failures = new Map<string, Exclude<ApiResult<unknown>, { readonly kind: 'ok' }>>();
  const queue = [...ids];
  const worker = async (): Promise<void> => {
    for (let id = queue.shift(); id !== undefined; id = queue.shift()) {
      const result = await run(id);
      if (result.kind !== 'ok') failures.set(id, result);
    }
  };
  await Promise.all([worker(), worker(), worker(), worker()]);
  return failures;
}

export const fetchService = (id: string, signal?: AbortSignal): Promise<ApiResult<ServiceBody>> =>
  get(servicePath(id), signal);
