import { isClarityError } from '../errors/clarity-error.ts';
import type { ErrorCode } from '../errors/error-table.ts';
import type { LossCause } from './restart-policy.ts';

/**
 * The reaction to a failed start, or to the loss of a running service.
 *
 * - `transient`: the cause passes without a change, for example an absent network. Retried with back-off, without end.
 * - `doubtful`: a remote replies, but not as an MCP server, for example a captive portal. Retried slowly, without end.
 * - `permanent`: only a change of the manifest helps, for example of the name of a package. Quarantined at once.
 * - `credential`: a person has to log in or to replace the credential. Not retried.
 * - `provoked`: a crash that follows a cancellation of this runtime. Restarted, and not counted.
 * - `counted`: any other cause. Retried with back-off; repeated ones quarantine the service.
 */
export type ServiceFailureClass = 'transient' | 'doubtful' | 'permanent' | 'credential' | 'provoked' | 'counted';

interface Row {
  readonly remote: ServiceFailureClass;
  /** Also for services inside of this process. */
  readonly local: ServiceFailureClass;
}

const everywhere = (both: ServiceFailureClass): Row => ({ remote: both, local: both });
/** A local program that ends, or breaks the protocol, has a defect. */
const ofRemotes = (remote: ServiceFailureClass): Row => ({ remote, local: 'counted' });

/** Classes of the codes. A code without a row is `counted`. */
const CLASSES: Partial<Record<ErrorCode, Row>> = {
  UPSTREAM_UNREACHABLE: everywhere('transient'),
  UPSTREAM_FAILED: everywhere('transient'),
  CALL_TIMED_OUT: everywhere('transient'),
  SERVICE_START_TIMEOUT: everywhere('transient'),
  SERVICE_UNRESPONSIVE: everywhere('transient'),
  RESOURCE_EXHAUSTED: everywhere('transient'),
  STORE_UNAVAILABLE: everywhere('transient'),
  CREDENTIAL_REFRESH_FAILED: everywhere('transient'),
  LOGIN_DISCOVERY_FAILED: everywhere('transient'),
  UPSTREAM_LOST: ofRemotes('transient'),
  SERVICE_LOST: ofRemotes('transient'),
  UPSTREAM_PROTOCOL: ofRemotes('doubtful'),
  UPSTREAM_UNAUTHORIZED: everywhere('credential'),
  TOKEN_REQUIRED: everywhere('credential'),
};

/** The fact of a `Failure` that the same start cannot succeed: `data.isPermanent`. */
export const PERMANENT = { isPermanent: true } as const;

/** Returns the class of a failed start. */
export function failureClass(error: unknown, isRemote: boolean): ServiceFailureClass {
  if (!isClarityError(error)) return 'counted';
  if (error.failure.data?.['isPermanent'] === true) return 'permanent';
  return CLASSES[error.code]?.[isRemote ? 'remote' : 'local'] ?? 'counted';
}

/** Returns the class of the loss of a running service. */
export function crashClass(isRemote: boolean, cause?: LossCause): ServiceFailureClass {
  if (isRemote || cause === 'elsewhere') return 'transient';
  return cause === 'cancellation' ? 'provoked' : 'counted';
}

/** Returns whether the cause of the failure is outside of the service, so that it is retried without end. */
export const isOutside = (failure: ServiceFailureClass): boolean => failure === 'transient' || failure === 'doubtful';

const HOUR_MS = 3_600_000;
/** Provoked crashes within an hour that end the notices of cancellations to a service. */
const MAX_PROVOKED = 3;

/** Returns the times of the provoked crashes of the last hour with the newest one, in monotonic milliseconds. */
export const afterProvoked = (times: readonly number[], now: number): readonly number[] => [
  ...times.filter((at) => now - at < HOUR_MS),
  now,
];

/** Returns whether a service is not to receive notices of cancellations any more. */
export const endsCancelNotices = (times: readonly number[]): boolean => times.length >= MAX_PROVOKED;
