import type { Registrant } from '../../domain/access/registrant.ts';
import type { Secret } from '../../domain/access/secret.ts';
import type { TenantId } from './store.ts';

/** Place of a credential: a header, the query or another part of a URL, an argument or a variable of a child process. */
export type CredentialPurpose = 'header' | 'query' | 'endpoint' | 'argument' | 'env' | 'client';

/** The use of a credential: for one service, one host, in the name of the registrant of the service. */
export interface CredentialRequest {
  readonly tenant: TenantId;
  readonly registrant: Registrant;
  /** The caller whose own credential is requested; absent for a credential of the service. */
  readonly principal?: string;
  /** Namespace of the service. */
  readonly service: string;
  /** `host:port` of the endpoint in lower case; absent for a program, which may send the credential anywhere. */
  readonly host?: string;
  readonly purpose: CredentialPurpose;
  readonly signal?: AbortSignal;
}

/** The use of a credential that a caller asks about. Members without a value are not checked. */
export interface CredentialUse extends Pick<CredentialRequest, 'tenant' | 'registrant'> {
  readonly service?: string;
  readonly host?: string;
  readonly purpose?: CredentialPurpose;
}

/** A credential. A child process receives `secret`; an HTTP request receives it in `header`. */
export interface Credential {
  readonly secret: Secret;
  readonly header: {
    readonly name: string;
    /** Adds the prefix `Bearer ` unless the value has it (RFC 6750 §2.1). */
    readonly bearer: boolean;
  };
  /** Opaque; changes with the value. Absent if the provider has no versions. */
  readonly version?: string;
  /** ISO 8601. */
  readonly expiresAt?: string;
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
 * `resolve` throws ClarityError AUTH_REF_INVALID, CREDENTIAL_MISSING or SECRET_HOST_FORBIDDEN, without any value.
 * `validate` never rejects.
 */
export interface CredentialProvider {
  /** Lower case. A built-in scheme cannot be replaced. */
  readonly scheme: string;
  resolve(target: string, request: CredentialRequest): Promise<Credential>;
  validate(target: string, use: CredentialUse): Promise<CredentialCheck>;
  /**
   * Checks a reference before a manifest with it is stored; rejects with AUTH_REF_INVALID or SECRET_HOST_FORBIDDEN. A
   * missing credential is accepted. A provider without this method serves only services that the operator registered.
   */
  admit?(target: string, request: CredentialRequest): Promise<void>;
  /** The destination refused a credential with this version (HTTP 401). */
  rejected?(target: string, version: string): void;
  health(): Promise<CredentialHealth>;
}

/** Resolves references for connectors, through the provider of their scheme. */
export interface CredentialResolver {
  (authRef: string, request: CredentialRequest): Promise<Credential>;
  /** Reports that the destination refused a version of a credential. */
  readonly rejected?: (authRef: string, version: string) => void;
}
