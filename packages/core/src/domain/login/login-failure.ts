import { ClarityError, isClarityError, type FailureDetail } from '../errors/clarity-error.ts';
import type { ErrorCode } from '../errors/error-table.ts';

/**
 * `revoked`: the grant is not valid any more (RFC 6749 §5.2, `invalid_grant`). `client`: the server does not know the client.
 * `transient`: the network, the server or a gateway in front of it failed. `refused`: any other answer.
 */
export type LoginOutcome = 'revoked' | 'client' | 'transient' | 'refused';

/** A failed exchange with an authorization server. Its text contains no code and no token. */
export class LoginFailure extends ClarityError {
  readonly outcome: LoginOutcome;

  constructor(code: ErrorCode, outcome: LoginOutcome, subject: string, options: FailureDetail = {}) {
    super(code, subject, options);
    this.outcome = outcome;
  }
}

/** Returns how an exchange failed; `transient` for a failure of the connection. */
export const loginOutcome = (error: unknown): LoginOutcome => {
  if (error instanceof LoginFailure) return error.outcome;
  return isClarityError(error) && !['UPSTREAM_UNREACHABLE', 'UPSTREAM_LOST', 'CALL_TIMED_OUT'].includes(error.code)
    ? 'refused'
    : 'transient';
};

/** Returns whether a person has to log in before a request of this kind can succeed. */
export const needsLogin = (error: unknown): boolean =>
  isClarityError(error) && (error.code === 'LOGIN_REQUIRED' || error.code === 'KEY_UNAVAILABLE');

/** Returns the error of a request that needs a login of a person. `service` is the namespace. */
export const loginRequired = (service: string, reason: string): ClarityError =>
  new ClarityError('LOGIN_REQUIRED', `${service}: ${reason}`, { hint: `run \`clarityctl auth login ${service}\`` });
