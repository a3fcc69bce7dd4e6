import { join, resolve } from 'node:path';
import { WorkerWasmHost, localWasmConnector } from '@clarity-runtime/adapter-wasm';
import {
  environmentCredentials,
  fsArtifactSource,
  fsSecretStore,
  openWorkspace,
} from '@clarity-runtime/adapter-store-fs';
import { secretFileCredentials, type RuntimeAdapters } from '@clarity-runtime/core';

export interface StockAdaptersOptions {
  /** Folder whose `.clarity/runtime` holds the state. */
  readonly workspace: string;
  /** Milliseconds that one call of a local function may take, where its manifest says nothing; 2000 when absent. */
  readonly functionTimeoutMs?: number;
  /** Folder of `file:` credentials; `.clarity/secrets` of the workspace when absent. */
  readonly secretsRoot?: string;
  /** What `env:` and its kin read; nothing when absent. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Further variables that MCP clients may name. */
  readonly environmentAllowlist?: readonly string[];
}

export interface StockAdapters extends Required<StockPart> {
  /** Writes into the lock of the workspace where its runtime answers, so that a second one can name it. */
  announce(url: string): Promise<void>;
}

const FUNCTION_TIMEOUT_MS = 2_000;
const MAX_MEMORY_BYTES = 64 * 1024 * 1024;
const MAX_RESULT_BYTES = 1024 * 1024;

/**
 * The adapters of the stock daemon: registry, telemetry and artifacts on files, local services in WebAssembly workers. To
 * replace one, spread over them. Rejects with a `StoreError`: `conflict` when another process holds the workspace, other
 * kinds when its files cannot be used.
 */
export async function stockAdapters(options: StockAdaptersOptions): Promise<StockAdapters> {
  const { workspace: root, functionTimeoutMs = FUNCTION_TIMEOUT_MS } = options;
  const workspace = await openWorkspace({ root: resolve(root) });
  const secretStore = fsSecretStore({ root: options.secretsRoot ?? join(resolve(root), '.clarity', 'secrets') });
  const { environment = {}, environmentAllowlist = [] } = options;
  const credentialProviders = [
    ...environmentCredentials({ environment, allowlist: environmentAllowlist }),
    secretFileCredentials(secretStore),
  ];
  const host = new WorkerWasmHost();
  const connector = localWasmConnector({
    host,
    artifacts: workspace.artifacts,
    source: fsArtifactSource(),
    defaults: {
      deadlineMs: functionTimeoutMs,
      maxMemoryBytes: MAX_MEMORY_BYTES,
      maxResultBytes: MAX_RESULT_BYTES,
    },
  });
  return {
    registry: workspace.registry,
    telemetry: workspace.telemetry,
    secretStore,
    credentialProviders,
    connectors: [connector],
    owned: [host, workspace],
    announce: (url) => workspace.lock.announce(url),
  };
}

type StockPart = Pick<
  RuntimeAdapters,
  'registry' | 'telemetry' | 'secretStore' | 'credentialProviders' | 'connectors' | 'owned'
>;
