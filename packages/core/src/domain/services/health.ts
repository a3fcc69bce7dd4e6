import { isClarityError } from '../errors/clarity-error.ts';
import { errorRow, type ErrorCode } from '../errors/error-table.ts';
import { needsLogin } from '../login/login-failure.ts';
import type { Health } from './service.ts';

/** Failures of one function, which do not change the health of its service. */
const guestFaults: ReadonlySet<ErrorCode> = new Set([
  'WASM_TRAP',
  'WASM_DEADLINE',
  'WASM_LIMIT',
  'WASM_CAPABILITY',
  'WASM_BUSY',
  'CALL_CANCELLED',
]);

/** Returns whether the service or the connection caused the failure, and not the caller, the arguments or the tool. */
export const isServiceFault = (error: unknown): boolean =>
  healthAfter(error) !== undefined && !(isClarityError(error) && error.ofRequest);

/** Returns the health of a service after a failed request; undefined if the failure is about the caller or the tool. */
export function healthAfter(error: unknown): Health | undefined {
  if (!isClarityError(error)) return 'DEGRADED';
  if (guestFaults.has(error.code)) return undefined;
  if (error.code === 'UPSTREAM_UNAUTHORIZED' || needsLogin(error)) return 'UNAUTHORIZED';
  if (error.code === 'UPSTREAM_SCOPE_NEEDED') return undefined;
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
