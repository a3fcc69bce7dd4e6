/** Folder and limits of a search. */
export interface SourceSearch {
  /** Relative to the workspace. */
  readonly dir: string;
  readonly recursive: boolean;
  /** Maximum count of returned files, in the order of names. */
  readonly limit: number;
}

/** Result of a search. `total` also counts files above the limit. */
export interface FoundSources {
  readonly total: number;
  /** Relative to the workspace, with `/`, sorted. */
  readonly files: readonly string[];
}

/** Files of one atomic write. */
export interface Scaffold {
  /** Relative to the workspace. */
  readonly written: readonly string[];
  /** Restores the previous state. */
  undo(): Promise<void>;
}

/**
 * The folder of files that callers may name.
 * @throws ClarityError PATH_FORBIDDEN for a path outside the folder or through a symbolic link.
 */
export interface Workspace {
  /** Absolute and real. */
  readonly root: string;
  /** Returns the absolute path of a regular file. */
  locate(path: string): Promise<string>;
  /** Returns the SHA-256 of a regular file in lower-case hex. Without it approvals do not freeze files. */
  digest?(path: string): Promise<string>;
  /** Finds regular `.clarity` files; skips folders of tools and dependencies. */
  sources(search: SourceSearch): Promise<FoundSources>;
  /** Returns the first `maxChars` characters of a text file. */
  excerpt(path: string, maxChars: number): Promise<string>;
  /** Writes all files or none. FILE_EXISTS names the first existing file unless `overwrite` is set. */
  scaffold(
    files: ReadonlyMap<string, string | Uint8Array>,
    options: { readonly overwrite: boolean },
  ): Promise<Scaffold>;
}
