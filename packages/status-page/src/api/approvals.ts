import type { ApprovalReply } from '@clarity-runtime/api-contract';
import { get, part, send, type ApiResult } from './request.ts';

/** Returns the pending approvals. */
export async function fetchApprovals(): Promise<ApiResult<readonly ApprovalReply[]>> {
  const result = await get<{ readonly items: readonly ApprovalReply[] }>('/api/approvals');
  return part(result, ({ items }) => items.filter(({ state }) => state === 'pending'));
}

/** Approves or denies a request. An approval names the digest of what the page shows. The result is a failure if the approved operation failed. */
export async function decide(
  { id, digest }: Pick<ApprovalReply, 'id' | 'digest'>,
  verb: 'approve' | 'deny',
): Promise<ApiResult<unknown>> {
  const path = `/api/approvals/${encodeURIComponent(id)}/${verb}`;
  const result = await send<{ readonly approval: ApprovalReply }>('POST', path, verb === 'approve' ? { digest } : {});
  if (result.kind !== 'ok' || result.value.approval.state !== 'failed') return result;
  return { kind: 'failed', reason: result.value.approval.reason ?? 'the approved operation failed' };
}
