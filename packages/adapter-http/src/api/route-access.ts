import type { Runtime } from '@clarity-runtime/core';
import { decide, grantRequired } from '@clarity-runtime/core/internal';
import type { HttpRoute, RawRequest } from '../http/route.ts';

/**
 * Refuses a caller without the grant of a route, before its body is read. The denial is in the audit.
 * @throws ClarityError GRANT_REQUIRED
 */
export async function admitToRoute(
  { audit }: Pick<Runtime, 'audit'>,
  caller: RawRequest['caller'],
  { method, path, grant }: Pick<HttpRoute, 'method' | 'path' | 'grant'>,
): Promise<void> {
  const request = { verb: grant, target: 'something' } as const;
  if (decide(caller, request).isAllowed) return;
  const action = `${method} ${path}`;
  const message = `Refused ${action}: it requires '${grant}'`;
  await audit.record({ kind: 'security.denied', level: 'warn', message, caller, data: { action, grant } });
  throw grantRequired(request);
}
