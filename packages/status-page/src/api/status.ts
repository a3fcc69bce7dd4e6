import { get, type ApiResult } from './request.ts';

export interface ServiceSummary {
  readonly serviceId: string;
  readonly namespace: string;
  readonly displayName?: string;
  readonly sourceFile: string;
  readonly originType: string;
  readonly lifecycle: string;
  readonly health: string;
  readonly uptimeSeconds: number;
  readonly lastError?: string;
  /** ISO 8601; when the next automatic start is due. */
  readonly retryAt?: string;
  readonly interface: {
    readonly interfaceRevision: string;
    readonly tools: number;
    readonly resources: number;
    readonly prompts: number;
  } | null;
}

export interface RuntimeStatus {
  readonly runtime: { readonly version: string; readonly pid: number; readonly uptimeSeconds: number };
  readonly storage?: { readonly state: string; readonly reason?: string };
  readonly summary: {
    readonly total: number;
    readonly running: number;
    readonly degraded: number;
    readonly quarantined: number;
  };
  readonly services: readonly ServiceSummary[];
}

export const fetchStatus = (): Promise<ApiResult<RuntimeStatus>> => get('/api/status');
