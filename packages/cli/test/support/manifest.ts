import type { Manifest } from '@clarity-runtime/core';

/** Returns the manifest of a local service with default values. */
export const manifestOf = (module: string): Manifest => ({
  apiVersion: 'clarity.runtime/v1',
  kind: 'MCPService',
  metadata: { sourceFile: `/src/${module}.clarity`, module },
  spec: {
    origin: { type: 'local_wasm', wasmPath: `/build/${module}.wasm`, entry: 'mcp_main' },
    enabled: true,
    autostart: true,
    restartPolicy: { mode: 'on-failure', maxRestarts: 5, windowSeconds: 60 },
    policyRef: 'default',
  },
});
