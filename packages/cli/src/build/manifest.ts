import type { Manifest } from '@clarity-runtime/core';

export interface LocalService {
  /** Absolute, like `wasmPath`. */
  readonly sourceFile: string;
  readonly module: string;
  readonly wasmPath: string;
  /** The daemon then takes no other module than this. */
  readonly wasmSha256?: string | undefined;
  readonly workspaceRoot: string;
  readonly entry: string;
  readonly displayName?: string | undefined;
  readonly serviceType?: 'mcp' | 'agent' | undefined;
}

/** The manifest that `add` registers. */
export const localManifest = (service: LocalService): Manifest => ({
  apiVersion: 'clarity.runtime/v1',
  kind: 'MCPService',
  metadata: {
    sourceFile: service.sourceFile,
    module: service.module,
    workspaceRoot: service.workspaceRoot,
    ...(service.wasmSha256 === undefined ? {} : { artifactSha256: service.wasmSha256 }),
    ...(service.displayName === undefined ? {} : { displayName: service.displayName }),
    ...(service.serviceType === undefined ? {} : { serviceType: service.serviceType }),
  },
  spec: {
    origin: { type: 'local_wasm', wasmPath: service.wasmPath, entry: service.entry },
    enabled: true,
    autostart: true,
    restartPolicy: { mode: 'on-failure', maxRestarts: 5, windowSeconds: 60 },
    policyRef: 'default',
  },
});
