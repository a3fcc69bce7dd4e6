import type { Caller } from '../../domain/access/caller.ts';

/** Scope of a client configuration: all projects of the user, or one project. */
export type ConfigScope = 'user' | 'project';

/** Transport between a client and the gateway. */
export type GatewayTransport = 'stdio' | 'http';

/** Entry of the gateway in a client configuration. It names the environment variable of the token, never the token. */
export type GatewayEntry =
  | {
      readonly transport: 'stdio';
      readonly command: string;
      readonly args: readonly string[];
      readonly tokenVariable?: string;
    }
  | { readonly transport: 'http'; readonly url: string; readonly tokenVariable?: string };

/** State of the configuration of a client. Published JSON of the API. */
export interface ClientConfigState {
  readonly client: string;
  readonly path: string;
  /** The configuration has an entry of the gateway. */
  readonly configured: boolean;
  /** The client seems to be installed. */
  readonly present: boolean;
  readonly transport?: GatewayTransport;
  readonly endpoint?: string;
  readonly command?: string;
  readonly args?: readonly string[];
  /** Reason why the configuration cannot be read. */
  readonly problem?: string;
}

/** Change of a configuration file. Published JSON of the API. */
export interface ClientChange {
  readonly client: string;
  readonly path: string;
  /** False if the file is unchanged. */
  readonly updated: boolean;
  /** Next step of the user, one sentence. */
  readonly next: string;
  /**
   * Unified diff; empty without a change. Its context lines may contain secrets, so only the owner of the file may see it.
   */
  readonly diff: string;
  /** The added or removed entry in the syntax of the client, without other parts of the file; empty without a change. */
  readonly entry: string;
}

/** Where a change applies. */
export interface ConfigTarget {
  readonly scope: ConfigScope;
  /** Computes the change without writing it. */
  readonly dryRun?: boolean;
}

/**
 * Configuration of one AI client. `put` and `remove` are idempotent and change only the entry of the gateway; all other
 * bytes stay.
 * @throws ClarityError CLIENT_CONFIG_REFUSED with place and reason if the file cannot be edited safely; it stays unchanged.
 * @throws ClarityError REQUEST_INVALID for a scope or transport that the client does not support.
 */
export interface ClientConfig {
  readonly client: string;
  readonly scopes: readonly ConfigScope[];
  readonly transports: readonly GatewayTransport[];
  /** Returns the state. Never rejects: `problem` has the reason of a failure. */
  state(scope: ConfigScope): Promise<ClientConfigState>;
  put(entry: GatewayEntry, target: ConfigTarget): Promise<ClientChange>;
  remove(target: ConfigTarget): Promise<ClientChange>;
}

/** An entry that is about to be written. */
export interface EntryRequest {
  readonly client: string;
  readonly transport: GatewayTransport;
  readonly caller: Caller;
}

/** Configurations of the supported AI clients, and the entry of this gateway. */
export interface ClientConfigs {
  readonly clients: readonly ClientConfig[];
  /** Returns the entry for a client with the current address; called for every change. */
  entry(transport: GatewayTransport, client?: string): GatewayEntry;
  /** Creates what the entry of a client names, for example its token. Called before an entry is written, not for a dry run. */
  prepare?(request: EntryRequest): Promise<void>;
  /** Called after an entry of a client was removed. */
  removed?(client: string): Promise<void>;
}
