import type { Manifest } from '../../domain/services/manifest.ts';
import { localWasm, remote, type ManifestOptions } from '../../domain/services/manifest-defaults.ts';

interface CommonArguments {
  readonly module?: string;
  readonly display_name?: string;
  readonly tool_namespace?: string;
  readonly autostart?: boolean;
  readonly enabled?: boolean;
}

/** Arguments of `register_local`. */
export interface LocalRegistration extends CommonArguments {
  readonly wasm_path: string;
  readonly source_file?: string;
  readonly entry?: string;
}

/** Arguments of `register_remote`. */
export interface RemoteRegistration extends CommonArguments {
  readonly endpoint: string;
  readonly auth_ref?: string;
  readonly timeout_ms?: number;
  readonly max_payload_bytes?: number;
  readonly max_concurrency?: number;
  readonly allowed_tools?: readonly string[];
}

/** Returns the manifest for the arguments of `register_local`. */
export const localManifest = (args: LocalRegistration): Manifest =>
  localWasm(args.wasm_path, { ...optionsOf(args), sourceFile: args.source_file, entry: args.entry });

/** Returns the manifest for the arguments of `register_remote` and `register_via_url`. */
export const remoteManifest = (args: RemoteRegistration): Manifest =>
  remote(args.endpoint, {
    ...optionsOf(args),
    authRef: args.auth_ref,
    timeoutMs: args.timeout_ms,
    maxPayloadBytes: args.max_payload_bytes,
    maxConcurrency: args.max_concurrency,
    allowedTools: args.allowed_tools,
  });

const optionsOf = ({ module, display_name, tool_namespace, autostart, enabled }: CommonArguments): ManifestOptions => ({
  module,
  displayName: display_name,
  toolNamespace: tool_namespace,
  autostart,
  enabled,
});
