import type { AuditEventReply, AuditPageReply } from '@clarity-runtime/api-contract';
import { get, part, type ApiResult } from './request.ts';

const MAX_SHOWN = 25;

/** Returns the newest events, newest first. With `onlyTrouble` it returns warnings and errors. */
export async function fetchAudit(onlyTrouble: boolean): Promise<ApiResult<readonly AuditEventReply[]>> {
  const level = onlyTrouble ? '&level=warn' : '';
  const result = await get<AuditPageReply>(`/api/audit?limit=${String(MAX_SHOWN)}${level}`);
  return part(result, ({ items }) => [...items].reverse());
}
