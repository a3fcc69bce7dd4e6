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

export interface StoredSecrets {
  readonly count: number;
  readonly items: readonly { readonly authRef: string; readonly relativePath: string }[];
}

interface SecretPlace {
  readonly authRef: string;
  readonly provider: 'file';
  readonly path: string;
}

export interface WrittenSecret extends SecretPlace {
  readonly written: true;
}

export interface DeletedSecret extends SecretPlace {
  /** False when there was none. */
  readonly deleted: boolean;
}
