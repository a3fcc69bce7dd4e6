import { join, resolve } from 'node:path';
import { httpConnector, type OwnAddress } from '@clarity-runtime/adapter-http';
import { processConnector, sweepLeftovers } from '@clarity-runtime/adapter-stdio';
import { WorkerWasmHost, localWasmConnector, type PoolStats } from '@clarity-runtime/adapter-wasm';
import {
  environmentCredentials,
  fsArtifactCleaner,
  fsArtifactSource,
  fsSecretStore,
  openFsStore,
} from '@clarity-runtime/adapter-store-fs';
import { credentialResolver, secretFileCredentials, type RuntimeAdapters } from '@clarity-runtime/core';
import type { CredentialProvider } from '@clarity-runtime/core/ports';
import { ChildRecords } from './child-records.ts';
import { daemonProof, portOf } from '../api/daemon-proof.ts';

export interface StockAdaptersOptions {
  /** Folder whose `.clarity/runtime` holds the state. */
  readonly workspace: string;
  /** Milliseconds that one call of a local function may take, where its manifest says nothing; 2000 when absent. */
  readonly functionTimeoutMs?: number;
  /** Folder of `file:` credentials; `.clarity/secrets` of the workspace when absent. */
  readonly secretsRoot?: string;
  readonly remote?: RemoteOptions;
  /** Providers besides the stock ones; one with the scheme of a stock one takes its place. */
  readonly credentialProviders?: readonly CredentialProvider[];
  /** Bytes of audit events that are kept, the newest; 4 MiB when absent. */
  readonly telemetryMaxBytes?: number;
  /** Where credentials are looked up, and PATH and the like of child processes; `process.env` when absent. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/** What holds for services that are reached or started, where their manifests say nothing. */
export interface RemoteOptions {
  /** The only hosts that endpoints may name; every one when empty. */
  readonly allowedHosts?: readonly string[];
  /** Refuses endpoints in private networks. */
  readonly denyPrivate?: boolean;
  /** Milliseconds for one call; 20,000 when absent. */
  readonly timeoutMs?: number;
  /** Bytes of one message of the service; 1 MiB when absent. */
  readonly maxPayloadBytes?: number;
  /** Variables besides `CLARITY_REMOTE_AUTH_*` that an auth reference may name over MCP. */
  readonly authVariables?: readonly string[];
}

export interface StockAdapters extends Required<
  Pick<
    RuntimeAdapters,
    'registry' | 'policies' | 'telemetry' | 'secretStore' | 'credentialProviders' | 'connectors' | 'cleaner' | 'owned'
  >
> {
  /** For the listener: ids of MCP sessions then outlive the process. */
  readonly sessionKey: Uint8Array;
  /** Threads that run local services, for the listener's `/metrics`. */
  readonly workers: () => PoolStats;
  /**
   * For the listener of an address that is announced: answers a challenge as only the holder of this workspace can, for
   * `clarityctl` to send it the token.
   */
  readonly prove: (challenge: string) => string | undefined;
  /** Writes into the lock where its runtime answers, for a second one to name it; the address is no upstream from then on. */
  announce(url: string): Promise<void>;
}

const FUNCTION_TIMEOUT_MS = 2_000;
const MAX_MEMORY_BYTES = 64 * 1024 * 1024;
const MAX_RESULT_BYTES = 1024 * 1024;
const REMOTE_TIMEOUT_MS = 20_000;
const MAX_PAYLOAD_BYTES = 1024 * 1024;

/**
 * The adapters of the stock daemon: registry, telemetry and artifacts on files, local services in WebAssembly workers,
 * remote ones over HTTP, programs as child processes. To replace one, spread over them. Ends child processes that an
 * earlier run left. Rejects with a `StoreError`: `conflict` when another process holds the workspace, other kinds when its
 * files cannot be used.
 */
export async function stockAdapters(options: StockAdaptersOptions): Promise<StockAdapters> {
  const { functionTimeoutMs = FUNCTION_TIMEOUT_MS, remote = {}, environment = process.env } = options;
  const root = resolve(options.workspace);
  const workspace = await openFsStore({
    root,
    ...(options.telemetryMaxBytes === undefined ? {} : { maxTelemetryBytes: options.telemetryMaxBytes }),
  });
  const children = new ChildRecords(workspace.folder);
  const { ended, gone } = await sweepLeftovers(await children.read());
  if (ended.length + gone.length > 0) children.keep([]);
  const host = new WorkerWasmHost();
  const own: OwnAddress[] = [];
  const { timeoutMs: callTimeoutMs = REMOTE_TIMEOUT_MS, maxPayloadBytes = MAX_PAYLOAD_BYTES } = remote;
  const allowlist = remote.authVariables ?? [];
  const secretStore = fsSecretStore({ root: options.secretsRoot ?? join(root, '.clarity', 'secrets') });
  const credentialProviders = [
    ...environmentCredentials({ environment, allowlist }),
    secretFileCredentials(secretStore),
    ...(options.credentialProviders ?? []),
  ];
  const credentials = credentialResolver(credentialProviders);
  const connectors = [
    localWasmConnector({
      host,
      artifacts: workspace.artifacts,
      source: fsArtifactSource(),
      defaults: {
        deadlineMs: functionTimeoutMs,
        maxMemoryBytes: MAX_MEMORY_BYTES,
        maxResultBytes: MAX_RESULT_BYTES,
      },
    }),
    httpConnector({
      allowedHosts: remote.allowedHosts ?? [],
      denyPrivate: remote.denyPrivate ?? false,
      ownAddresses: () => own,
      credentials,
      limits: { callTimeoutMs, maxReplyBytes: maxPayloadBytes },
    }),
    processConnector({
      workspace: root,
      environment,
      credentials,
      remember: (running) => {
        children.keep(running);
      },
      limits: { callTimeoutMs, maxMessageBytes: maxPayloadBytes },
    }),
  ];
  return {
    registry: workspace.registry,
    policies: workspace.policies,
    telemetry: workspace.telemetry,
    secretStore,
    credentialProviders,
    connectors,
    cleaner: fsArtifactCleaner({ root }),
    owned: [host, children, workspace],
    sessionKey: workspace.sessionKey,
    workers: () => host.stats,
    prove: (challenge) => {
      const { instance, url } = workspace.lock.holder;
      return url === undefined ? undefined : daemonProof({ instance, port: portOf(new URL(url)) }, challenge);
    },
    announce: async (url) => {
      const { hostname, port } = new URL(url);
      own.push({ host: hostname.replace(/^\[|\]$/g, ''), port: port === '' ? 80 : Number(port) });
      await workspace.lock.announce(url);
    },
  };
}
