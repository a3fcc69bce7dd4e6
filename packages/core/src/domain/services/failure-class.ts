import { isClarityError } from '../errors/clarity-error.ts';
import type { ErrorCode } from '../errors/error-table.ts';

/**
 * `transient`: the cause passes without a change, for example an absent network. `doubtful`: a remote replies, but not as an
 * MCP server, for example a captive portal. `counted`: any other cause; repeated ones quarantine the service.
 */
export type StartFailureClass = 'transient' | 'doubtful' | 'counted';

/** Causes outside of the service and its settings. */
const TRANSIENT: ReadonlySet<ErrorCode> = new Set([
  'UPSTREAM_UNREACHABLE',
  'UPSTREAM_FAILED',
  'CALL_TIMED_OUT',
  'SERVICE_START_TIMEOUT',
  'SERVICE_UNRESPONSIVE',
  'RESOURCE_EXHAUSTED',
  'STORE_UNAVAILABLE',
  'CREDENTIAL_REFRESH_FAILED',
  'LOGIN_DISCOVERY_FAILED',
]);
/** Causes that are transient for a remote; a child process that ends has a defect. */
const TRANSIENT_REMOTE: ReadonlySet<ErrorCode> = new Set(['UPSTREAM_LOST', 'SERVICE_LOST']);

/** Returns the class of a failed start or of the loss of a running service. */
export function failureClass(error: unknown, isRemote: boolean): StartFailureClass {
  if (!isClarityError(error)) return 'counted';
  if (TRANSIENT.has(error.code) || (isRemote && TRANSIENT_REMOTE.has(error.code))) return 'transient';
  return isRemote && error.code === 'UPSTREAM_PROTOCOL' ? 'doubtful' : 'counted';
}
