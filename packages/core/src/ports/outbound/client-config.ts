/** Where a client keeps what it knows of servers: for its user everywhere, or for one project. */
export type ConfigScope = 'user' | 'project';

export type GatewayTransport = 'stdio' | 'http';

/** How a client is to reach the gateway. A token is only ever named by the variable that holds it. */
export type GatewayEntry =
  | {
      readonly transport: 'stdio';
      readonly command: string;
      readonly args: readonly string[];
      readonly tokenVariable?: string;
    }
  | { readonly transport: 'http'; readonly url: string; readonly tokenVariable?: string };

export interface ClientConfigState {
  readonly client: string;
  readonly path: string;
  /** The gateway stands in its configuration. */
  readonly configured: boolean;
  /** The client seems to be installed here. */
  readonly present: boolean;
  readonly transport?: GatewayTransport;
  readonly endpoint?: string;
  readonly command?: string;
  readonly args?: readonly string[];
  /** Why its configuration cannot be read. */
  readonly problem?: string;
}

export interface ClientChange {
  readonly client: string;
  readonly path: string;
  /** False when the file is as it was. */
  readonly updated: boolean;
  /** What the person does next, one sentence. */
  readonly next: string;
  /** Unified diff of the change; empty when there is none. It shows lines around it, so it is for the file's owner alone. */
  readonly diff: string;
  /** The gateway's entry as it is put or taken out, in the client's syntax, and nothing else of the file; empty without a change. */
  readonly entry: string;
}

export interface ConfigTarget {
  readonly scope: ConfigScope;
  /** Nothing is written; the answer says what would be. */
  readonly dryRun?: boolean;
}

/**
 * The configuration of one AI client. Everything in it that is not ours stays, byte for byte. What cannot be edited without
 * harm is refused with CLIENT_CONFIG_REFUSED that says where and why, and is left untouched; a scope or a transport that the
 * client does not have is REQUEST_INVALID. `put` and `remove` may be repeated: the second time changes nothing.
 */
export interface ClientConfig {
  readonly client: string;
  readonly scopes: readonly ConfigScope[];
  readonly transports: readonly GatewayTransport[];
  /** Refuses nothing: what is wrong stands in `problem`. */
  state(scope: ConfigScope): Promise<ClientConfigState>;
  put(entry: GatewayEntry, target: ConfigTarget): Promise<ClientChange>;
  remove(target: ConfigTarget): Promise<ClientChange>;
}

/** The clients of a machine, and how they reach this gateway. */
export interface ClientConfigs {
  readonly clients: readonly ClientConfig[];
  /** Asked at every change, so that the address is the present one. */
  entry(transport: GatewayTransport): GatewayEntry;
}
