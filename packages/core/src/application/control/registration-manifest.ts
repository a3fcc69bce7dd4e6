import { normalizeNamespace } from '../../domain/services/namespace.ts';

interface Common {
  readonly module?: string;
  readonly display_name?: string;
  readonly tool_namespace?: string;
  readonly autostart?: boolean;
  readonly enabled?: boolean;
}

export interface LocalRegistration extends Common {
  readonly wasm_path: string;
  readonly source_file?: string;
  readonly entry?: string;
}

export interface RemoteRegistration extends Common {
  readonly endpoint: string;
  readonly auth_ref?: string;
  readonly timeout_ms?: number;
  readonly max_payload_bytes?: number;
  readonly max_concurrency?: number;
  readonly allowed_tools?: readonly string[];
}

const DEFAULT_ENTRY = 'mcp_main';

/** Returns the manifest of a `register_local` request. */
export function localManifest(wish: LocalRegistration): object {
  const module = wish.module ?? baseName(wish.wasm_path);
  const origin = { type: 'local_wasm', wasmPath: wish.wasm_path, entry: wish.entry ?? DEFAULT_ENTRY };
  return manifestOf(wish, { sourceFile: wish.source_file ?? wish.wasm_path, module }, origin);
}

/** Returns the manifest of a `register_remote` or `register_via_url` request. */
export function remoteManifest(wish: RemoteRegistration): object {
  const { endpoint } = wish;
  const origin = {
    type: 'remote_mcp',
    endpoint,
    transport: 'streamable_http',
    authRef: wish.auth_ref,
    timeoutMs: wish.timeout_ms,
    maxPayloadBytes: wish.max_payload_bytes,
    maxConcurrency: wish.max_concurrency,
    allowedTools: wish.allowed_tools,
  };
  return manifestOf(wish, { sourceFile: endpoint, module: wish.module ?? moduleOf(endpoint) }, origin);
}

function manifestOf(wish: Common, identity: object, origin: object): object {
  return {
    apiVersion: 'clarity.runtime/v1',
    kind: 'MCPService',
    metadata: { ...identity, displayName: wish.display_name },
    spec: {
      origin,
      enabled: wish.enabled ?? true,
      autostart: wish.autostart ?? true,
      restartPolicy: { mode: 'on-failure', maxRestarts: 5, windowSeconds: 60 },
      policyRef: 'default',
      toolNamespace: wish.tool_namespace,
    },
  };
}

const baseName = (path: string): string => {
  const name = path.split(/[\\/]/).at(-1) ?? '';
  return name.replace(/\.[^.]*$/, '') || 'service';
};

/** Returns the last part of the path, else the host, else `remote_service`. */
function moduleOf(endpoint: string): string {
  const [, host = '', path = ''] = /^[a-z]+:\/\/([^/?#:]*)[^/?#]*([^?#]*)/i.exec(endpoint) ?? [];
  const last = path.split('/').findLast((part) => part !== '') ?? '';
  return normalizeNamespace(last === '' ? host : last, 'remote_service');
}
