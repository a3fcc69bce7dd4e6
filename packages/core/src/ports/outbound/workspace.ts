export interface SourceSearch {
  /** Relative to the workspace. */
  readonly dir: string;
  readonly recursive: boolean;
  /** How many of those found are returned, the first by name. */
  readonly limit: number;
}

export interface FoundSources {
  readonly total: number;
  /** Relative to the workspace, `/` between, sorted. */
  readonly files: readonly string[];
}

/** Files that were written together. */
export interface Scaffold {
  /** Relative to the workspace. */
  readonly written: readonly string[];
  /** Everything is again as it was. */
  undo(): Promise<void>;
}

/**
 * The one folder that callers may name files of. Paths are held to it by their real place: what leads outside, and what leads
 * through a link, is PATH_FORBIDDEN.
 */
export interface Workspace {
  /** Absolute and real. */
  readonly root: string;
  /** The absolute path of a regular file. */
  locate(path: string): Promise<string>;
  /** Regular `.clarity` files; folders that nobody keeps sources in are left out. */
  sources(search: SourceSearch): Promise<FoundSources>;
  /** The first characters of a text file. */
  excerpt(path: string, maxChars: number): Promise<string>;
  /** All files or none. FILE_EXISTS names the first that is there already, unless it may be overwritten. */
  scaffold(
    files: ReadonlyMap<string, string | Uint8Array>,
    options: { readonly overwrite: boolean },
  ): Promise<Scaffold>;
}
