import type { Caller } from '../../domain/access/caller.ts';

export interface AuthProviders {
  readonly providers: readonly {
    readonly name: string;
    readonly supported: boolean;
    readonly healthy?: boolean;
    readonly detail?: string;
  }[];
  /** Null when secrets are not kept on files. */
  readonly fileRoot: string | null;
  readonly fileRootExists: boolean;
}

/** Whether a reference resolves. `authRef` and `target` are what the caller wrote; `redactedTarget` shows nothing of it. */
export interface AuthValidation {
  readonly authRef: string;
  readonly provider: string;
  readonly target: string;
  readonly redactedTarget: string;
  readonly valid: boolean;
  readonly issues: readonly string[];
  /** Headers that a request would carry, sorted. */
  readonly headerKeys: readonly string[];
  readonly source: 'environment' | 'file' | 'provider';
}

export interface DeletedSecret extends SecretPlace {
  /** False when there was none. */
  readonly deleted: boolean;
}

export interface StoredSecrets {
  readonly count: number;
  readonly items: readonly { readonly authRef: string; readonly relativePath: string }[];
}

export interface WrittenSecret extends SecretPlace {
  readonly written: true;
}

export interface SecretPlace {
  readonly authRef: string;
  readonly provider: 'file';
  readonly path: string;
}

/** What can be done with credentials. Every one is audited, and no value ever comes back. */
export interface SecretOperations {
  /** The providers of references, whether they work, and where files are kept. */
  providers(caller: Caller): Promise<AuthProviders>;
  /** Refuses nothing but a blank reference: what is wrong stands in `issues`. */
  validate(caller: Caller, authRef: string): Promise<AuthValidation>;
  list(caller: Caller): Promise<StoredSecrets>;
  /** `file:` references only; replaces what is there. */
  set(caller: Caller, authRef: string, secret: string): Promise<WrittenSecret>;
  remove(caller: Caller, authRef: string): Promise<DeletedSecret>;
}
