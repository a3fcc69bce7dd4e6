/** The manifest `clarity.runtime/v1`, kind `MCPService`, as it stands after validation: the caller's own words. */
export interface Manifest {
  readonly apiVersion: 'clarity.runtime/v1';
  readonly kind: 'MCPService';
  readonly metadata: ManifestMetadata;
  readonly spec: ManifestSpec;
}

export interface ManifestMetadata {
  readonly sourceFile: string;
  readonly module: string;
  /** When given it must equal the derived id. */
  readonly serviceId?: string;
  readonly displayName?: string;
  readonly workspaceRoot?: string;
  readonly version?: string;
  /** Digest that the artifact must have, in lower-case hex. */
  readonly artifactSha256?: string;
  readonly createdAt?: string;
  readonly updatedAt?: string;
  readonly serviceType?: 'mcp' | 'agent';
}

export interface ManifestSpec {
  readonly origin: Origin;
  readonly enabled: boolean;
  readonly autostart: boolean;
  readonly restartPolicy: RestartPolicy;
  readonly policyRef: string;
  readonly toolNamespace?: string;
  /** A tool that changes is held back until an operator has accepted the change. */
  readonly pinInterface?: boolean;
  /** What calls of this service may cost and which of its tools may be called; `policyRef` may narrow it further. */
  readonly policy?: ServicePolicy;
  /** What clients see of its tools, instead of what the service says. */
  readonly surface?: ServiceSurface;
}

export interface ServiceSurface {
  /** Stands before the names of its tools on the shared endpoint; the namespace where absent. */
  readonly prefix?: string;
  /** By the name that the service gives the tool; of a tool that it does not have nothing is changed. */
  readonly tools?: Readonly<Record<string, ToolSurface>>;
}

export interface ToolSurface {
  readonly name?: string;
  readonly description?: string;
  /** It is not listed; its name can be called all the same. */
  readonly hidden?: boolean;
}

/** Bounds of one call, and of all calls together. What is absent is the runtime's default. */
export interface CallPolicy {
  /** Milliseconds for one call as a whole; where `maxTimeoutMs` is more, between two signs of life of the service. */
  readonly timeoutMs?: number;
  /** Milliseconds without a sign of life from the service. */
  readonly idleTimeoutMs?: number;
  /** Milliseconds that nothing prolongs, whatever the service reports. */
  readonly maxTimeoutMs?: number;
  readonly maxRequestBytes?: number;
  readonly maxResponseBytes?: number;
  readonly maxConcurrency?: number;
  /** Calls that may wait for a place; 0 refuses at once. */
  readonly queue?: number;
  readonly rate?: { readonly perMinute: number; readonly burst?: number };
}

export interface ServicePolicy extends CallPolicy {
  readonly allowTools?: readonly string[];
  readonly denyTools?: readonly string[];
  /**
   * By the name that the service gives the tool. A bound of single calls here wins over the one above; `maxConcurrency`,
   * `queue` and `rate` count the calls of the tool and hold beside those of the service.
   */
  readonly tools?: Readonly<Record<string, CallPolicy>>;
}

export interface RestartPolicy {
  readonly mode: 'never' | 'on-failure' | 'always';
  readonly maxRestarts: number;
  readonly windowSeconds: number;
}

export interface EnvironmentEntry {
  readonly name: string;
  readonly value?: string;
  readonly secretRef?: string;
}

export interface LocalWasmOrigin {
  readonly type: 'local_wasm';
  readonly wasmPath: string;
  readonly entry: string;
  readonly args?: readonly string[];
  readonly env?: readonly EnvironmentEntry[];
  /** Wall-clock limit of one call in milliseconds; the runtime's default where absent. */
  readonly timeoutMs?: number;
  /** Memory that the module may grow to, in bytes; the runtime's default where absent. */
  readonly maxMemoryBytes?: number;
}

export interface RemoteMcpOrigin {
  readonly type: 'remote_mcp';
  readonly endpoint: string;
  readonly transport: 'streamable_http' | 'sse_http';
  readonly authRef?: string;
  /** The four below are older names of fields of `spec.policy`; an empty `allowedTools` allows all. */
  readonly timeoutMs?: number;
  readonly allowedTools?: readonly string[];
  readonly maxPayloadBytes?: number;
  readonly maxConcurrency?: number;
}

/** An MCP server that the runtime starts as a child process and speaks to over standard streams. */
export interface LocalProcessOrigin {
  readonly type: 'local_process';
  /** Found on PATH, or a path; a relative one counts from `cwd`. No shell reads it. */
  readonly command: string;
  readonly args?: readonly string[];
  readonly env?: readonly EnvironmentEntry[];
  /** The workspace where absent. */
  readonly cwd?: string;
}

export type Origin = LocalWasmOrigin | RemoteMcpOrigin | LocalProcessOrigin;

/** A built-in type, or the type of an embedder's connector. */
export type OriginType = Origin['type'] | (string & Record<never, never>);
