import { join, resolve } from 'node:path';
import { httpConnector, httpEgress, oauthClient } from '@clarity-runtime/adapter-http';
import type { OwnAddress, TombstoneStore } from '@clarity-runtime/adapter-http';
import {
  processConnector,
  ServicePeers,
  sweepLeftovers,
  type LoopbackConnection,
} from '@clarity-runtime/adapter-stdio';
import { localWasmConnector, type PoolStats } from '@clarity-runtime/adapter-wasm';
import {
  environmentCredentials,
  fsArtifactCleaner,
  fsArtifactSource,
  fsSecretStore,
  markedSecretStore,
  openFsStore,
  trustFolders,
  type FsStore,
} from '@clarity-runtime/adapter-store-fs';
import { credentialResolver, secretFileCredentials, type RuntimeAdapters } from '@clarity-runtime/core';
import type { CredentialProvider } from '@clarity-runtime/core/ports';
import { DEFAULT_MODULE_LIMITS, wasmHosts, type WasmHostKind, type WasmHosts } from './wasm-hosts.ts';
import type { OpenSharedStore } from './shared-store.ts';
import { ChildRecords } from './child-records.ts';
import { ComponentPackage } from './component-package.ts';
import { ThreadJudge } from '../threads/thread-judge.ts';
import { isCliCredential } from '../api/cli-credential.ts';
import { daemonProof, portOf } from '../api/daemon-proof.ts';

/** Settings of `stockAdapters`. */
export interface StockAdaptersOptions {
  /** Folder whose `.clarity/runtime` contains the state. */
  readonly workspace: string;
  /** Timeout of one call of a local function in milliseconds, unless the manifest sets one. Default: 2000. */
  readonly functionTimeoutMs?: number;
  /** Where local modules run. Default: `thread`. */
  readonly wasmHost?: WasmHostKind;
  /** Folder of `file:` credentials. Default: `.clarity/secrets` of the workspace. */
  readonly secretsRoot?: string;
  readonly remote?: RemoteOptions;
  /** Further credential providers. A provider with the scheme of a stock one replaces it. */
  readonly credentialProviders?: readonly CredentialProvider[];
  /** Retention of audit events in bytes. Default: 4 MiB. */
  readonly telemetryMaxBytes?: number;
  /** Names that child processes inherit besides the documented list; a name after `-` is not inherited. */
  readonly childVariables?: readonly string[];
  /** Folder of the user key and of the records of trusted workspaces. Default: the folders of the user. */
  readonly trustStore?: string | undefined;
  /** File that replaces the user key. */
  readonly keyFile?: string | undefined;
  /** Opens the store that several daemons share, in place of that of the workspace. */
  readonly openStore?: OpenSharedStore | undefined;
  /** Files that a sandbox hides from services, besides those of the state and of the key. */
  readonly hidden?: readonly string[];
  /** Variables for credentials and for the environment of child processes. Default: `process.env`. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/** Limits of remote services whose manifests set none. */
export interface RemoteOptions {
  /** Allowed hosts of endpoints. Empty: all hosts. */
  readonly allowedHosts?: readonly string[];
  /** Rejects endpoints in private networks. */
  readonly denyPrivate?: boolean;
  /** Milliseconds that a call may be idle. Default: 20,000. */
  readonly timeoutMs?: number;
  /** Size limit of one message of the service in bytes. Default: 1 MiB, and 16 MiB for media. */
  readonly maxPayloadBytes?: number;
  /** Environment variables besides `CLARITY_REMOTE_AUTH_*` that an auth reference may name over MCP. */
  readonly authVariables?: readonly string[];
}

/** The adapters of the daemon for one workspace, and the facts that its server needs. */
export interface StockAdapters extends Required<
  Pick<
    RuntimeAdapters,
    | 'registry'
    | 'interfaces'
    | 'policies'
    | 'accessTokens'
    | 'profiles'
    | 'approvals'
    | 'logins'
    | 'loginSealer'
    | 'leases'
    | 'authorization'
    | 'telemetry'
    | 'secretStore'
    | 'credentialProviders'
    | 'connectors'
    | 'cleaner'
    | 'owned'
    | 'trust'
    | 'interfaceJudge'
  >
> {
  /** The addresses of this daemon. They are not accepted as upstreams. */
  readonly ownAddresses: () => readonly OwnAddress[];
  /** The store that several daemons share. */
  readonly shared: Awaited<ReturnType<OpenSharedStore>> | undefined;
  /** Reason why a decision about trust is lost when this process ends; undefined if it is stored. */
  readonly unkeptTrust: () => string | undefined;
  /** Key of MCP session ids, for the listener: sessions survive a restart. */
  readonly sessionKey: Uint8Array;
  /** Ended MCP sessions, for the listener: they stay ended after a restart. */
  readonly endedSessions: TombstoneStore;
  /** Load of the worker threads, for `/metrics` of the listener. */
  readonly workers: () => PoolStats;
  /** Opens guest hosts for the modules of another tenant, which are processes always. Their owner disposes them. */
  readonly openHosts: () => WasmHosts;
  /** Returns whether a process of a service opened a loopback connection. */
  readonly isServicePeer: (connection: LoopbackConnection) => Promise<boolean>;
  /** Answers a challenge with the key of this workspace: `clarityctl` verifies the daemon before it sends its token. */
  readonly prove: (challenge: string) => string | undefined;
  /** Returns whether a text is a credential of this user's command line for the daemon with this id. */
  readonly isOfUser: (text: string, instance: string) => boolean;
  /** Writes the address of the runtime to the lock and excludes it as an upstream. */
  announce(url: string): Promise<void>;
}

/**
 * Opens the adapters of the stock daemon: registry, telemetry and artifacts on files, local services in WebAssembly, remote services over HTTP, programs as child processes. Ends child processes that an earlier run left
 * behind. Rejects with a `StoreError`: `conflict` when another process uses the workspace, other kinds when its files
 * are not usable.
 */
export async function stockAdapters(options: StockAdaptersOptions): Promise<StockAdapters> {
  const { functionTimeoutMs = DEFAULT_MODULE_LIMITS.deadlineMs, remote = {}, environment = process.env } = options;
  const root = resolve(options.workspace);
  const folders = trustFolders({
    environment,
    trustStore: options.trustStore === undefined ? undefined : resolve(options.trustStore),
  });
  const workspace = await openFsStore({
    root,
    ...(options.telemetryMaxBytes === undefined ? {} : { maxTelemetryBytes: options.telemetryMaxBytes }),
    trustFolders: folders,
    keyFile: options.keyFile,
  });
  const shared = await options.openStore?.(workspace.trust.key);
  const children = new ChildRecords(workspace.folder, workspace.trust);
  const { ended, gone } = await sweepLeftovers(await children.read());
  if (ended.length + gone.length > 0) children.keep([]);
  const peers = new ServicePeers();
  const { host, admissionHost } = wasmHosts(options.wasmHost ?? 'thread', peers);
  const own: OwnAddress[] = [];
  const { secretIndex: index, trust } = workspace;
  const state = join(root, '.clarity');
  // Another program provides the values of a folder outside of the workspace, so they have no marks.
  const ownSecrets = { root: join(state, 'secrets'), copyRoot: join(state, 'secrets-copy'), index, trust };
  const secretStore = await (options.secretsRoot === undefined
    ? (shared?.secretStore ?? markedSecretStore(ownSecrets))
    : fsSecretStore({ root: options.secretsRoot }));
  const credentialProviders = [
    ...environmentCredentials({ environment, allowlist: remote.authVariables ?? [] }),
    secretFileCredentials(secretStore),
    ...(options.credentialProviders ?? []),
  ];
  const credentials = credentialResolver(credentialProviders);
  const { limits, ...allowed } = httpRules(remote);
  const rules = { ...allowed, ownAddresses: (): readonly OwnAddress[] => own, environment };
  const components = new ComponentPackage(folders.state, httpEgress(rules));
  const connectors = [
    localWasmConnector({
      host,
      admissionHost,
      artifacts: shared?.artifacts ?? workspace.artifacts,
      source: fsArtifactSource(),
      components: components.load,
      environment,
      defaults: { ...DEFAULT_MODULE_LIMITS, deadlineMs: functionTimeoutMs },
    }),
    httpConnector({ ...rules, credentials, limits }),
    processConnector({
      workspace: root,
      environment,
      inherit: options.childVariables ?? [],
      hidden: [
        folders.key,
        folders.state,
        ...[options.keyFile, options.secretsRoot].flatMap((path) => (path === undefined ? [] : [resolve(path)])),
        ...(options.hidden ?? []),
      ],
      credentials,
      onStarting: (boot) => {
        peers.add(boot);
      },
      remember: (running) => {
        children.keep(running);
      },
    }),
  ];
  return {
    registry: workspace.registry,
    interfaces: workspace.interfaces,
    policies: workspace.policies,
    accessTokens: workspace.accessTokens,
    profiles: workspace.profiles,
    approvals: workspace.approvals,
    logins: workspace.logins,
    loginSealer: workspace.trust.key.sealer,
    leases: workspace.leases,
    authorization: oauthClient(rules),
    telemetry: workspace.telemetry,
    trust: workspace.trust,
    unkeptTrust: () => workspace.trust.unkept,
    secretStore,
    credentialProviders,
    connectors,
    interfaceJudge: new ThreadJudge(),
    cleaner: fsArtifactCleaner({ root }),
    owned: [host, admissionHost, components, children, workspace],
    ownAddresses: rules.ownAddresses,
    shared,
    // All daemons of a store have one key, so that each can continue the sessions of the others.
    sessionKey: shared === undefined ? workspace.sessionKey : sharedSessionKey(workspace.trust.key),
    endedSessions: workspace.endedSessions,
    workers: () => host.stats,
    openHosts: () => wasmHosts('process', peers),
    isOfUser: (text, instance) => {
      const { url } = workspace.lock.holder;
      if (url === undefined) return false;
      return isCliCredential(text, workspace.trust.key, { instance, port: portOf(new URL(url)) });
    },
    isServicePeer: (connection) => peers.has(connection),
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

/** Returns the rules and limits of remote services. */
export const httpRules = ({ allowedHosts = [], denyPrivate = false, timeoutMs, maxPayloadBytes }: RemoteOptions) => ({
  allowedHosts,
  denyPrivate,
  limits: {
    ...(timeoutMs === undefined ? {} : { callTimeoutMs: timeoutMs }),
    ...(maxPayloadBytes === undefined ? {} : { maxReplyBytes: maxPayloadBytes, maxMediaBytes: maxPayloadBytes }),
  },
});

const sharedSessionKey = (key: FsStore['trust']['key']): Uint8Array =>
  Buffer.from(key.seal('shared store').mac('mcp sessions', Buffer.of()), 'base64url');
