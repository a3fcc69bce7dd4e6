import { get, send, type ApiResult } from './request.ts';
import type { TimelineEvent } from './audit.ts';

export interface Offered {
  readonly name?: string;
  readonly uri?: string;
  readonly title?: string;
  readonly description?: string;
}

/** A service with what it offers and what it did of late. */
export interface ServiceDetails {
  readonly interface: {
    readonly interfaceRevision: string | null;
    readonly introspectedAt: string | null;
    readonly tools: readonly Offered[];
    readonly resources: readonly Offered[];
    readonly prompts: readonly Offered[];
  };
  /** Oldest first. */
  readonly logs: readonly string[];
  readonly recentCalls: readonly TimelineEvent[];
}

export type ServiceVerb = 'start' | 'stop' | 'restart' | 'unquarantine';

const LIMITS = 'log_limit=20&event_limit=1&call_limit=8';

export const fetchDetails = (serviceId: string): Promise<ApiResult<ServiceDetails>> =>
  get(`${pathOf(serviceId)}/details?${LIMITS}`);

interface Record {
  readonly service: { readonly runtime: { readonly lifecycle: string } };
}

/** A start that the daemon took up and that came to nothing is a failure too. */
export async function operate(serviceId: string, verb: ServiceVerb): Promise<ApiResult<unknown>> {
  const answer = await send<Record>('POST', `${pathOf(serviceId)}/${verb}`);
  if (answer.kind !== 'ok' || (verb !== 'start' && verb !== 'restart')) return answer;
  const { lifecycle } = answer.value.service.runtime;
  return lifecycle === 'RUNNING' ? answer : { kind: 'failed', reason: 'it did not start; its last error says why' };
}

const pathOf = (serviceId: string): string => `/api/services/${encodeURIComponent(serviceId)}`;
