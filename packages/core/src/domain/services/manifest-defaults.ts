import type {
  EnvironmentEntry,
  LocalProcessOrigin,
  LocalWasmOrigin,
  Manifest,
  ManifestMetadata,
  ManifestSpec,
  Origin,
  RemoteMcpOrigin,
  RestartPolicy,
} from './manifest.ts';
import { normalizeNamespace } from './namespace.ts';

/** Entry of a local module unless the manifest names another. */
export const DEFAULT_ENTRY = 'mcp_main';

export const DEFAULT_RESTART_POLICY: RestartPolicy = { mode: 'on-failure', maxRestarts: 5, windowSeconds: 60 };

/** `undefined` has the meaning of an absent member: the default, or no member in the manifest. */
type Optional<T> = { readonly [Name in keyof T]?: T[Name] | undefined };

/** Members of a manifest besides its origin. `module` and `sourceFile` follow from the origin if absent. */
export interface ManifestOptions
  extends
    Optional<Omit<ManifestMetadata, 'serviceId' | 'createdAt' | 'updatedAt'>>,
    Optional<Omit<ManifestSpec, 'origin'>> {}

/** Settings of `remote`. Each has a default. */
export type RemoteOptions = ManifestOptions & Optional<Omit<RemoteMcpOrigin, 'type' | 'endpoint'>>;

/** Settings of `childProcess`. Each has a default. */
export interface ChildProcessOptions extends ManifestOptions {
  /** Absolute; the workspace if absent. */
  readonly cwd?: string | undefined;
  /** Absolute, or relative to `cwd`. */
  readonly envFile?: string | undefined;
  readonly inheritEnv?: LocalProcessOrigin['inheritEnv'] | undefined;
  /** An empty list is left out of the manifest. */
  readonly env?: readonly EnvironmentEntry[] | undefined;
}

/** Settings of `localWasm`. Each has a default. */
export type LocalWasmOptions = ManifestOptions & Optional<Omit<LocalWasmOrigin, 'type' | 'wasmPath'>>;

/** Returns the manifest of the MCP server at an http(s) URL, with the default values of every member that is not given. */
export function remote(endpoint: string, options: RemoteOptions = {}): Manifest {
  const {
    transport = 'streamable_http',
    authRef,
    headers,
    query,
    timeoutMs,
    allowedTools,
    maxPayloadBytes,
    ...rest
  } = options;
  const { maxConcurrency, tls, proxy, ...common } = rest;
  const limits = { timeoutMs, maxPayloadBytes, maxConcurrency, allowedTools };
  const origin = defined({ type: 'remote_mcp', endpoint, transport, authRef, headers, query, ...limits, tls, proxy });
  return serviceManifest(origin, { sourceFile: withoutQuery(endpoint), module: moduleOfUrl(endpoint) }, common);
}

/**
 * Returns the manifest of an MCP server that runs as a child process. No shell reads `command` and `args`.
 * The arguments are not part of `sourceFile`, because they may contain secrets.
 */
export function childProcess(
  command: string,
  args: readonly string[] = [],
  { cwd, env = [], envFile, inheritEnv, ...common }: ChildProcessOptions = {},
): Manifest {
  const listed = env.length === 0 ? undefined : env;
  const origin = defined({ type: 'local_process', command, args, cwd, env: listed, envFile, inheritEnv });
  return serviceManifest(origin, { sourceFile: command, module: baseName(command) }, common);
}

/** Returns the manifest of a compiled WebAssembly module. */
export function localWasm(wasmPath: string, options: LocalWasmOptions = {}): Manifest {
  const { entry = DEFAULT_ENTRY, args, env, timeoutMs, maxMemoryBytes, guestHost, ...common } = options;
  const origin = defined({ type: 'local_wasm', wasmPath, entry, args, env, timeoutMs, maxMemoryBytes, guestHost });
  return serviceManifest(origin, { sourceFile: wasmPath, module: baseName(wasmPath) }, common);
}

/** Returns the manifest of an origin, with the default values of every member that is not given. */
export function serviceManifest(
  origin: Readonly<Record<string, unknown>>,
  identity: Pick<ManifestMetadata, 'sourceFile' | 'module'>,
  options: ManifestOptions = {},
): Manifest {
  const { sourceFile, module, workspaceRoot, artifactSha256, displayName, serviceType, ...others } = options;
  const { version, labels, ...spec } = others;
  return {
    apiVersion: 'clarity.runtime/v1',
    kind: 'MCPService',
    metadata: {
      ...identity,
      ...defined({ sourceFile, module, workspaceRoot, artifactSha256, displayName, serviceType, version, labels }),
    },
    spec: {
      origin: origin as unknown as Origin,
      enabled: true,
      autostart: true,
      restartPolicy: DEFAULT_RESTART_POLICY,
      policyRef: 'default',
      ...(defined({ ...spec }) as Partial<ManifestSpec>),
    },
  };
}

/** Returns the members that are not undefined. */
const defined = <T extends object>(members: T): { [Name in keyof T]?: Exclude<T[Name], undefined> } =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as never;

/** The file name without its folder and its last extension. */
function baseName(path: string): string {
  const name = path.split(/[\\/]/).at(-1) ?? '';
  return name.replace(/\.[^.]*$/, '') || 'service';
}

const beforeQuery = (url: string): string => url.split(/[?#]/, 1)[0] ?? '';

/** The URL without query, fragment and user, which may contain secrets. */
const withoutQuery = (endpoint: string): string => beforeQuery(endpoint).replace(/^([a-z]+:\/\/)[^/@]*@/i, '$1');

/** The last part of the path, else the host, else `remote_service`; as a namespace. */
function moduleOfUrl(endpoint: string): string {
  const [, host = '', path = ''] = /^[a-z]+:\/\/([^/?#:]*)(?::[^/?#]*)?([^?#]*)/i.exec(endpoint) ?? [];
  const last = path.split('/').findLast((part) => part !== '') ?? '';
  return normalizeNamespace(last === '' ? host : last, 'remote_service');
}
