import type { OAuthSettings } from '../login/oauth-settings.ts';
import type { KnobsWith, KnobValues } from './policy-knobs.ts';

/** A valid manifest `clarity.runtime/v1` of kind `MCPService`, with the members as written (docs/spec/v1, Manifest). */
export interface Manifest {
  readonly apiVersion: 'clarity.runtime/v1';
  readonly kind: 'MCPService';
  readonly metadata: ManifestMetadata;
  readonly spec: ManifestSpec;
}

/** Names and origin of the source of a service. */
export interface ManifestMetadata {
  readonly sourceFile: string;
  readonly module: string;
  /** Must equal the derived id if it is given. */
  readonly serviceId?: string;
  readonly displayName?: string;
  readonly workspaceRoot?: string;
  readonly version?: string;
  /** SHA-256 of the artifact, 64 lower-case hex digits. */
  readonly artifactSha256?: string;
  readonly createdAt?: string;
  readonly updatedAt?: string;
  readonly serviceType?: 'mcp' | 'agent';
  /** At most 32 names with values, for tools of the operator; `managed-by` names the file that owns the service. */
  readonly labels?: Readonly<Record<string, string>>;
}

/** The desired state of a service. */
export interface ManifestSpec {
  readonly origin: Origin;
  readonly enabled: boolean;
  readonly autostart: boolean;
  readonly restartPolicy: RestartPolicy;
  readonly policyRef: string;
  readonly toolNamespace?: string;
  /** Quarantines a tool that changes until an operator accepts the change. */
  readonly pinInterface?: boolean;
  /**
   * Whether clients share one process or session. Absent: shared, and an own one for a client that the service can ask.
   * `shared`: never an own one. `per-client`: an own one for each client.
   */
  readonly isolation?: 'shared' | 'per-client';
  /** Limits of a start; the defaults of the origin if absent. */
  readonly start?: StartSettings;
  /** Limits of a child process and everything that it starts; only for `local_process`. Absent: unlimited. */
  readonly limits?: ResourceLimits;
  /**
   * Sandbox of a child process; only for `local_process`. `none` (default), `auto`: where this machine has one, `required`:
   * the service does not start without one.
   */
  readonly sandbox?: SandboxMode;
  /** Capabilities of a WebAssembly component; only for `local_wasm`. Absent: nothing. */
  readonly capabilities?: GuestCapabilities;
  /** Limits of calls and the tools that may be called; the policy named by `policyRef` can only narrow it. */
  readonly policy?: ServicePolicy;
  /** Names and descriptions of tools for clients, in place of those of the service. */
  readonly surface?: ServiceSurface;
}

/** Timeouts of a start. */
export interface StartSettings {
  /** Milliseconds without a byte of the service. */
  readonly idleMs?: number;
  /** Milliseconds until the service is ready. */
  readonly maxMs?: number;
}

/** Capabilities of a component. Each is granted to all its functions. */
export interface GuestCapabilities {
  /** Folders of this machine; `guest` is the path for the component, `path` if absent. */
  readonly files?: readonly { readonly path: string; readonly access: 'ro' | 'rw'; readonly guest?: string }[];
  /** Names of variables of the daemon. */
  readonly env?: readonly string[];
  /** Clocks and timers. */
  readonly time?: boolean;
  readonly random?: boolean;
  readonly network?: NetworkCapability;
}

/** HTTP requests of a component. */
export interface NetworkCapability {
  /** `api.example.com`, `*.example.com` for all names below, or either with `:port`. Without a port: 80 and 443. */
  readonly hosts: readonly string[];
  /** In upper case; `GET` and `HEAD` if absent. */
  readonly methods?: readonly string[];
  /** Maximum bytes of the body of a request, and of a response; 1 MiB if absent. */
  readonly maxBytes?: number;
  /** Milliseconds of one request; 10,000 if absent. */
  readonly timeoutMs?: number;
}

/** Whether a child process runs in a sandbox: never, where the machine has one, or not at all without one. */
export type SandboxMode = 'none' | 'auto' | 'required';

/** Limits of the processes of a service. */
export interface ResourceLimits {
  /** Resident memory of all processes of the service in bytes. Shared pages count for each process. */
  readonly memoryBytes?: number;
  /** Number of processes, without threads. */
  readonly processes?: number;
  /** Seconds of CPU time of all processes of the service since its start. */
  readonly cpuSeconds?: number;
  /** Number of open files of each process. */
  readonly openFiles?: number;
}

/** Names, texts and definitions of a service as clients see them. */
export interface ServiceSurface {
  /** Prefix of the tool names on the shared endpoint; the namespace if absent. */
  readonly prefix?: string;
  /** Instructions for models: `pass` (default) those of the service, `off` none, another text in their place. */
  readonly instructions?: string;
  /** `repair`: tools on the shared endpoint get schemas and names that every model API accepts. `pass` (default): unchanged. */
  readonly definitions?: 'pass' | 'repair';
  /** By the upstream's name of the tool. An entry without a matching tool has no effect. */
  readonly tools?: Readonly<Record<string, ToolSurface>>;
}

/** Name, description and visibility of one tool for clients. */
export interface ToolSurface {
  readonly name?: string;
  readonly description?: string;
  /** The tool is not listed, but clients can call it by name. */
  readonly hidden?: boolean;
}

/** Limits of single calls and of all calls together. An absent limit has the default of the runtime. */
export type CallPolicy = Pick<KnobValues, KnobsWith<{ readonly merge: 'min' }>>;

/** Limits of a service, and of single tools of it. */
export interface ServicePolicy extends KnobValues {
  /**
   * By the upstream's name of the tool. A limit of single calls replaces the one of the service; `maxConcurrency`, `queue`
   * and `rate` count the calls of the tool and apply in addition to those of the service.
   */
  readonly tools?: Readonly<Record<string, CallPolicy>>;
}

/** When a service is restarted after it ended: at most `maxRestarts` times in `windowSeconds` seconds. */
export interface RestartPolicy {
  readonly mode: 'never' | 'on-failure' | 'always';
  readonly maxRestarts: number;
  readonly windowSeconds: number;
}

/** A variable of a child process or a value of a module: given, from a secret, or from a variable of the daemon. */
export interface EnvironmentEntry {
  readonly name: string;
  readonly value?: string;
  readonly secretRef?: string;
  /** Name of a variable of the daemon; only for child processes. */
  readonly from?: string;
}

/** A WebAssembly module that the runtime runs. */
export interface LocalWasmOrigin {
  readonly type: 'local_wasm';
  readonly wasmPath: string;
  readonly entry: string;
  readonly args?: readonly string[];
  readonly env?: readonly EnvironmentEntry[];
  /** Milliseconds of one call; the default of the runtime if absent. */
  readonly timeoutMs?: number;
  /** Maximum memory of the module in bytes; the default of the runtime if absent. */
  readonly maxMemoryBytes?: number;
  /** Where a module of another compiler runs: in a process apart (default), or in threads with other modules. */
  readonly guestHost?: 'process' | 'thread';
}

/** An MCP server at an http(s) URL. */
export interface RemoteMcpOrigin {
  readonly type: 'remote_mcp';
  readonly endpoint: string;
  readonly transport: 'streamable_http' | 'sse_http';
  readonly authRef?: string;
  /** Login with OAuth. Absent: used if the service asks for it and has no `authRef`. */
  readonly auth?: OAuthSettings;
  /** Further headers of every request, at most 32. */
  readonly headers?: readonly EnvironmentEntry[];
  /** Parameters added to the query of the endpoint, at most 16. */
  readonly query?: readonly EnvironmentEntry[];
  /** These four are older names of members of `spec.policy`; an empty `allowedTools` allows all tools. */
  readonly timeoutMs?: number;
  readonly allowedTools?: readonly string[];
  readonly maxPayloadBytes?: number;
  readonly maxConcurrency?: number;
  /** Certificates of the connection, and of this side. */
  readonly tls?: RemoteTls;
  /** `inherit` (default): the proxy variables of the daemon; `none`: a direct connection; else the URL of a proxy. */
  readonly proxy?: string;
}

/** Files are absolute paths in PEM form, read at each start. */
export interface RemoteTls {
  /** Certificates that are trusted besides those of Node and of NODE_EXTRA_CA_CERTS. */
  readonly caFile?: string;
  /** Certificate and key of the client. */
  readonly certFile?: string;
  readonly keyFile?: string;
  /** The host name that the certificate is for, if it differs from that of the endpoint. */
  readonly serverName?: string;
}

/** An MCP server as a child process, over stdin and stdout (MCP, stdio transport). */
export interface LocalProcessOrigin {
  readonly type: 'local_process';
  /** A program on PATH, or a path, relative to `cwd`. No shell interprets it. */
  readonly command: string;
  readonly args?: readonly string[];
  readonly env?: readonly EnvironmentEntry[];
  /** The workspace if absent. */
  readonly cwd?: string;
  /** File of `NAME=value` lines, relative to `cwd`, read at each start. */
  readonly envFile?: string;
  /** Variables of the daemon that the program inherits: PATH and HOME, a documented list (the default), or all. */
  readonly inheritEnv?: 'none' | 'safe' | 'all';
}

/** Where a service of a built-in type comes from. */
export type Origin = LocalWasmOrigin | RemoteMcpOrigin | LocalProcessOrigin;

/** A built-in type, or the type of an embedder's connector. */
export type OriginType = Origin['type'] | (string & Record<never, never>);
