import { basename, dirname, join, resolve } from 'node:path';
import { originKind, sha256Hex } from '@clarity-runtime/core/internal';
import type { ApiClient } from '../api/api-client.ts';
import { usageError } from '../support/cli-error.ts';
import { EXTENSION, type FoundSource } from '@clarity-runtime/adapter-toolchain';

export interface Placement {
  /** Absolute. */
  readonly wasmPath: string;
  readonly module: string;
}

export interface PlacementOptions {
  readonly wasm?: string | undefined;
  readonly module?: string | undefined;
}

/**
 * Chooses the output path of a source: `.clarity/build/<name>.wasm`. When another registered source owns that path, the
 * result is `<name>-<6 hex>.wasm` and `--module` is required.
 */
export async function chooseBuildPath(
  api: ApiClient,
  cwd: string,
  source: FoundSource,
  options: PlacementOptions,
): Promise<Placement> {
  const { name, path } = source;
  const module = options.module ?? name;
  if (options.wasm !== undefined) return { wasmPath: resolve(cwd, options.wasm), module };
  const usual = join(cwd, '.clarity', 'build', `${name}.wasm`);
  const owner = await ownerOf(api, usual, source);
  if (owner === undefined) return { wasmPath: usual, module };
  if (options.module === undefined) {
    throw usageError(`module name '${name}' is in use by ${owner}`, 'choose another name: --module <name>');
  }
  return { wasmPath: join(cwd, '.clarity', 'build', `${name}-${sha256Hex(path).slice(0, 6)}.wasm`), module };
}

/** Returns the source of another service with this output path. */
async function ownerOf(api: ApiClient, wasmPath: string, { path, name }: FoundSource): Promise<string | undefined> {
  const { items } = await api.services();
  for (const { serviceId, sourceFile, originType } of items) {
    if (!originKind(originType).isBuiltFromSource || sourceFile === path || !mayBeCalled(sourceFile, name)) continue;
    const { service } = await api.service(serviceId);
    if (service.manifest.spec.origin.wasmPath === wasmPath) return sourceFile;
  }
  return undefined;
}

/** Returns whether the source has this name: that of its file or of its folder. */
const mayBeCalled = (sourceFile: string, name: string): boolean =>
  basename(sourceFile, EXTENSION) === name || basename(dirname(sourceFile)) === name;
