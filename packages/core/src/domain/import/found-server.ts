import type { ReferenceSyntax } from './value-reference.ts';

/** Name and value of a variable or a header, as a configuration has them. */
export interface FoundPair {
  readonly name: string;
  readonly value: string;
  /** `value` is the name of a variable of the environment. */
  readonly isVariable?: true;
  /** Text before the value of the variable, for example `Bearer `. */
  readonly prefix?: string;
}

/** Start of a server that is a program. Texts may contain references. */
export interface FoundProcess {
  readonly type: 'process';
  readonly command: string;
  readonly args: readonly string[];
  readonly env: readonly FoundPair[];
  readonly cwd?: string;
  readonly envFile?: string;
}

/** Address of a server behind a URL. Texts may contain references. */
export interface FoundRemote {
  readonly type: 'remote';
  readonly url: string;
  /** Undefined if the configuration does not say it. */
  readonly transport?: 'streamable_http' | 'sse_http';
  readonly headers: readonly FoundPair[];
  /** The client logs in by OAuth. */
  readonly needsLogin: boolean;
}

/** A value that a client asks its user for. */
export interface FoundInput {
  readonly description?: string;
  readonly isSecret: boolean;
  readonly fallback?: string;
}

/** Place of a server in a configuration of a client. */
export interface FoundPlace {
  readonly client: string;
  readonly scope: 'user' | 'project' | 'local';
  readonly path: string;
  /** Names of the members from the root to the servers. */
  readonly container: readonly string[];
  /** Name in the configuration. */
  readonly name: string;
}

/** A server of a configuration. All its texts come from a foreign file. */
export interface FoundServer extends FoundPlace {
  readonly isEnabled: boolean;
  /** Undefined for an entry that cannot be imported; `refusal` has the reason. */
  readonly launch?: FoundProcess | FoundRemote;
  readonly refusal?: string;
  /** Members that have no counterpart, for the user. */
  readonly notes: readonly string[];
  readonly references: ReferenceSyntax;
  /** Folder that `${workspaceFolder}` and relative paths refer to. */
  readonly folder: string;
  readonly inputs: Readonly<Record<string, FoundInput>>;
  readonly startMs?: number;
  readonly callMs?: number;
  readonly allowTools?: readonly string[];
  readonly denyTools?: readonly string[];
}
