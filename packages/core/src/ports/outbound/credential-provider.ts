import type { Caller } from '../../domain/access/caller.ts';
import type { Secret } from '../../domain/access/secret.ts';

/** What a service is sent. A child process gets `secret` as it is; an HTTP request gets it in `header`. */
export interface Credential {
  readonly secret: Secret;
  readonly header: {
    readonly name: string;
    /** `Bearer ` comes before a value that does not begin with it already. */
    readonly bearer: boolean;
  };
}

/** Whether a reference would resolve, without its value. */
export interface CredentialCheck {
  readonly valid: boolean;
  /** What is wrong, in whole sentences that name no value. */
  readonly issues: readonly string[];
  /** Header names that a request would carry. */
  readonly headers: readonly string[];
}

export interface CredentialHealth {
  readonly healthy: boolean;
  readonly detail: string;
}

/**
 * One place where credentials are kept. `target` is what stands behind `<scheme>:` in a reference. `resolve` refuses with a
 * `ClarityError`, AUTH_REF_INVALID or CREDENTIAL_MISSING, and never puts a value into it; `validate` refuses nothing.
 */
export interface CredentialProvider {
  /** In lower case; one of the runtime's own takes its place. */
  readonly scheme: string;
  resolve(target: string, caller: Caller): Promise<Credential>;
  validate(target: string, caller: Caller): Promise<CredentialCheck>;
  health(): Promise<CredentialHealth>;
}
