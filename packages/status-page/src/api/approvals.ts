import { get, part, send, type ApiResult } from './request.ts';

export interface Approval {
  readonly id: string;
  readonly tool: string;
  readonly state: string;
  readonly requestedBy: { readonly kind: string; readonly id: string; readonly door: string };
  /** What the client says of itself. */
  readonly client?: string;
  readonly arguments: unknown;
  readonly expiresAt: string;
}

/** Those that wait for an answer. */
export async function fetchApprovals(): Promise<ApiResult<readonly Approval[]>> {
  const answer = await get<{ readonly items: readonly Approval[] }>('/api/approvals');
  return part(answer, ({ items }) => items.filter(({ state }) => state === 'pending'));
}

interface Decided {
  readonly approval: { readonly state: string; readonly reason?: string };
}

/** What was approved and then went wrong is a failure. */
export async function decide(id: string, verb: 'approve' | 'deny'): Promise<ApiResult<unknown>> {
  const answer = await send<Decided>('POST', `/api/approvals/${encodeURIComponent(id)}/${verb}`);
  if (answer.kind !== 'ok' || answer.value.approval.state !== 'failed') return answer;
  return { kind: 'failed', reason: answer.value.approval.reason ?? 'it was approved, and then it failed' };
}
