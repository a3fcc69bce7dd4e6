import type { AuditEventReply, AuditPageReply } from '@clarity-runtime/api-contract';
import { get, type ApiResult } from './request.ts';

/** Entries of one request: the most that the daemon returns. */
const PAGE = 2_000;

/** Fetches the newest entries, or those after a cursor. */
export const fetchAuditPage = (after: string | undefined, signal: AbortSignal): Promise<ApiResult<AuditPageReply>> =>
  get(`/api/audit?limit=${String(PAGE)}${after === undefined ? '' : `&after=${encodeURIComponent(after)}`}`, signal);

/** Fetches the newest entries until a time, which may be known already. */
export const fetchAuditBefore = (event: AuditEventReply, signal: AbortSignal): Promise<ApiResult<AuditPageReply>> =>
  get(`/api/audit?limit=${String(PAGE)}&until=${encodeURIComponent(event.at)}`, signal);
