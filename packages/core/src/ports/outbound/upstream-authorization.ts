import type { ClarityError } from '../../domain/errors/clarity-error.ts';
import type { LoginChallenge } from '../../domain/login/login-challenge.ts';
import type { Credential } from './credential-provider.ts';

/** The refusal of a request by a service. */
export interface RefusedRequest {
  readonly challenge?: LoginChallenge;
  /** Version of the credential that was sent; absent for a request without one. */
  readonly version?: string;
  /** The request was sent again with a new credential already. */
  readonly isRepeated: boolean;
}

/** The login of one service, for its connections. */
export interface UpstreamAuthorization {
  /** Returns the present access token, renewed if it ends soon; undefined without a login. */
  credential(signal: AbortSignal): Promise<Credential | undefined>;
  /**
   * The service answered 401. Returns another credential to try once, or undefined if OAuth does not apply to the service.
   * @throws ClarityError LOGIN_REQUIRED, CREDENTIAL_REFRESH_FAILED, KEY_UNAVAILABLE.
   */
  refused(request: RefusedRequest, signal: AbortSignal): Promise<Credential | undefined>;
  /** The service answered 403 with `insufficient_scope`. Returns the error of the request; the next login asks for the scopes. */
  needsScopes(challenge: LoginChallenge): ClarityError;
}
