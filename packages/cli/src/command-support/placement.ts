import { basename, dirname, join, resolve } from 'node:path';
import { originKind, sha256Hex } from '@clarity-runtime/core';
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
 * Where a source is built to: `.clarity/build/<name>.wasm`. When another registered source of the same name has that place,
 * this one gets `<name>-<6 hex>.wasm` and must be given a module name of its own.
 */
export async function chooseBuildPath(
  api: ApiClient,
  cwd: string,
  source: FoundSource,
  wish: PlacementOptions,
): Promise<Placement> {
  const { name, path } = source;
  const module = wish.module ?? name;
  if (wish.wasm !== undefined) return { wasmPath: resolve(cwd, wish.wasm), module };
  const usual = join(cwd, '.clarity', 'build', `${name}.wasm`);
  const owner = await ownerOf(api, usual, source);
  if (owner === undefined) return { wasmPath: usual, module };
  if (wish.module === undefined) {
    throw usageError(
      `the name '${name}' is taken: it is built from ${owner}`,
      'give this one another: --module <name>',
    );
  }
  return { wasmPath: join(cwd, '.clarity', 'build', `${name}-${sha256Hex(path).slice(0, 6)}.wasm`), module };
}

/** The source of another service that is built to the place. */
async function ownerOf(api: ApiClient, wasmPath: string, { path, name }: FoundSource): Promise<string | undefined> {
  const { items } = await api.services();
  for (const { serviceId, sourceFile, originType } of items) {
    if (!originKind(originType).isBuiltFromSource || sourceFile === path || !mayBeCalled(sourceFile, name)) continue;
    const { service } = await api.service(serviceId);
    if (service.manifest.spec.origin.wasmPath === wasmPath) return sourceFile;
  }
  return undefined;
}

/** A source has the name of its file or of its folder. */
const mayBeCalled = (sourceFile: string, name: string): boolean =>
  basename(sourceFile, EXTENSION) === name || basename(dirname(sourceFile)) === name;
