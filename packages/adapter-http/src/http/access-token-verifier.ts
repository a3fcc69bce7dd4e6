/** The claims of an access token that its issuer signed, before its audience is compared. */
export interface VerifiedToken {
  readonly subject: string;
  readonly audiences: readonly string[];
  /** Undefined if the token names no scope. */
  readonly scopes?: readonly string[] | undefined;
  readonly clientId?: string | undefined;
  /** Text of the claim that names the tenant, which is not checked; undefined without such a claim in the settings. */
  readonly tenant?: string | undefined;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** Checks access tokens of one issuer. */
export interface AccessTokenVerifier {
  /** Compared byte for byte with `iss` (RFC 9068 §4). */
  readonly issuer: string;
  /** Returns undefined for a token that is not valid. @throws ClarityError ISSUER_UNAVAILABLE without keys to check it. */
  verify(token: string): Promise<VerifiedToken | undefined>;
}
