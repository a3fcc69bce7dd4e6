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
  readonly timeoutMs?: number;
  readonly allowedTools?: readonly string[];
  readonly maxPayloadBytes?: number;
  readonly maxConcurrency?: number;
}

export type Origin = LocalWasmOrigin | RemoteMcpOrigin;
export type OriginType = Origin['type'];
