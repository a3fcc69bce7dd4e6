import type { Caller } from '../../domain/access/caller.ts';
import type { Registrant } from '../../domain/access/registrant.ts';
import type { CredentialPurpose } from '../outbound/credential-provider.ts';

/** Providers of credentials and the location of the secret store. */
export interface AuthProviders {
  readonly providers: readonly {
    readonly name: string;
    readonly supported: boolean;
    readonly healthy?: boolean;
    readonly detail?: string;
  }[];
  /** Folder of the secret store; null if it has none. */
  readonly fileRoot: string | null;
  readonly fileRootExists: boolean;
}

/** Result of validating a reference. `authRef` and `target` repeat the input; `redactedTarget` hides it. */
export interface AuthValidation {
  readonly authRef: string;
  readonly provider: string;
  readonly target: string;
  readonly redactedTarget: string;
  readonly valid: boolean;
  readonly issues: readonly string[];
  /** Sorted names of the headers that a request would have. */
  readonly headerKeys: readonly string[];
  readonly source: 'environment' | 'file' | 'provider';
}

/** Result of a deletion. */
export interface DeletedSecret extends SecretPlace {
  /** False if the secret did not exist. */
  readonly deleted: boolean;
}

/** References of the stored secrets, at most 500, sorted. */
export interface StoredSecrets {
  readonly count: number;
  readonly items: readonly ListedSecret[];
}

/**
 * A stored secret without its value. A secret without `hosts` serves only services of its creator, which is the operator if
 * `createdBy` is absent. A secret without `services` serves every service.
 */
export interface ListedSecret {
  readonly authRef: string;
  readonly relativePath: string;
  readonly hosts?: readonly string[];
  readonly services?: readonly string[];
  readonly createdBy?: Registrant;
}

/** Destinations of a secret. A list that is absent keeps the stored one. */
export interface SecretDestinations {
  /** `host` or `host:port`, at most 32. */
  readonly hosts?: readonly string[];
  /** Namespaces of services, at most 32. */
  readonly services?: readonly string[];
}

/** A use for which a reference is validated; a header of any service if empty. */
export interface CredentialQuestion {
  readonly purpose?: CredentialPurpose;
  readonly service?: string;
  readonly host?: string;
}

/** Result of a write. */
export interface WrittenSecret extends SecretPlace {
  readonly written: true;
  readonly hosts?: readonly string[];
  readonly services?: readonly string[];
  /** Uses for which the value is not suitable, as sentences without the value. */
  readonly warnings?: readonly string[];
}

/** Location of a stored secret. */
export interface SecretPlace {
  readonly authRef: string;
  readonly provider: 'file';
  readonly path: string;
}

/** Use cases of credentials. Every operation is audited. A result never contains a value. */
export interface SecretOperations {
  /** Returns the providers, their health and the location of the secret store. */
  providers(caller: Caller): Promise<AuthProviders>;
  /**
   * Validates a reference; problems are in `issues`.
   * @throws ClarityError AUTH_REF_INVALID for a blank reference.
   */
  validate(caller: Caller, authRef: string, question?: CredentialQuestion): Promise<AuthValidation>;
  /** Returns the references of the stored secrets. */
  list(caller: Caller): Promise<StoredSecrets>;
  /**
   * Stores or replaces the secret of a `file:` reference.
   * @throws ClarityError AUTH_REF_INVALID, SECRET_INVALID, SECRET_NAME_TAKEN, or PAYLOAD_TOO_LARGE above 16 KiB.
   */
  set(caller: Caller, authRef: string, secret: string, destinations?: SecretDestinations): Promise<WrittenSecret>;
  /** Deletes the secret of a `file:` reference. */
  remove(caller: Caller, authRef: string): Promise<DeletedSecret>;
}
