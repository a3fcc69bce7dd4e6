import { isClarityError } from '../errors/clarity-error.ts';
import { errorRow, type ErrorCode } from '../errors/error-table.ts';
import type { Health } from './service.ts';

/** Refusals and failures of one function: its service is as well as before. */
const guestFaults: ReadonlySet<ErrorCode> = new Set([
  'WASM_TRAP',
  'WASM_DEADLINE',
  'WASM_LIMIT',
  'WASM_CAPABILITY',
  'WASM_BUSY',
  'CALL_CANCELLED',
]);

/** Whether a call failed since its service, or the way to it, failed: not through its caller, its arguments or its tool. */
export const isServiceFault = (error: unknown): boolean =>
  healthAfter(error) !== undefined && !(isClarityError(error) && error.ofRequest);

/** What a failed request says about its service; undefined when it speaks of the caller or the tool alone. */
export function healthAfter(error: unknown): Health | undefined {
  if (!isClarityError(error)) return 'DEGRADED';
  if (guestFaults.has(error.code)) return undefined;
  if (error.code === 'UPSTREAM_UNAUTHORIZED') return 'UNAUTHORIZED';
  if (error.code === 'UPSTREAM_UNREACHABLE') return 'UNREACHABLE';
  switch (errorRow(error.code).kind) {
    case 'timeout':
      return 'TIMEOUT';
    case 'unauthenticated':
      return 'UNAUTHORIZED';
    case 'unavailable':
      return 'UNREACHABLE';
    case 'upstream':
    case 'internal':
      return 'DEGRADED';
    case 'invalid':
    case 'denied':
    case 'absent':
    case 'conflict':
    case 'exhausted':
      return undefined;
  }
}
