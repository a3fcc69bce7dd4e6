/** The challenge of a server that wants a token (RFC 6750 §3, RFC 9728 §5.1). */
export interface LoginChallenge {
  /** URL of the protected resource metadata. */
  readonly resourceMetadata?: string;
  readonly scopes?: readonly string[];
  /** `invalid_token`, `insufficient_scope` or another code. */
  readonly error?: string;
}
