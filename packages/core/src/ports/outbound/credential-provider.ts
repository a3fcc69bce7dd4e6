import type { Caller } from '../../domain/access/caller.ts';
import type { Secret } from '../../domain/access/secret.ts';

/** A credential. A child process receives `secret`; an HTTP request receives it in `header`. */
export interface Credential {
  readonly secret: Secret;
  readonly header: {
    readonly name: string;
    /** Adds the prefix `Bearer ` unless the value has it (RFC 6750 §2.1). */
    readonly bearer: boolean;
  };
}

/** Result of checking a reference, without its value. */
export interface CredentialCheck {
  readonly valid: boolean;
  /** Problems as sentences without any value. */
  readonly issues: readonly string[];
  /** Names of the headers of a request. */
  readonly headers: readonly string[];
}

/** Health of a provider. `detail` is one sentence without any value. */
export interface CredentialHealth {
  readonly healthy: boolean;
  readonly detail: string;
}

/**
 * A source of credentials. `target` is the part of a reference after `<scheme>:`.
 * `resolve` throws ClarityError AUTH_REF_INVALID or CREDENTIAL_MISSING, without any value. `validate` never rejects.
 */
export interface CredentialProvider {
  /** Lower case. A built-in scheme cannot be replaced. */
  readonly scheme: string;
  resolve(target: string, caller: Caller): Promise<Credential>;
  validate(target: string, caller: Caller): Promise<CredentialCheck>;
  health(): Promise<CredentialHealth>;
}
