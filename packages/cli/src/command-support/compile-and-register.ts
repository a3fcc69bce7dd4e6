import { sha256Hex } from '@clarity-runtime/core';
import { ApiError, assertRunning } from '../api/api-error.ts';
import type { ServiceReply } from '@clarity-runtime/api-contract';
import type { CommandContext } from './command-context.ts';
import {
  writeBuilt,
  compileFile,
  type Compiled,
  compileExternally,
  withoutInterface,
  findSource,
  type FoundSource,
  shownPath,
} from '@clarity-runtime/adapter-toolchain';
import { localManifest } from '../build/manifest.ts';
import { chooseBuildPath, type Placement, type PlacementOptions } from './placement.ts';

export interface AddOptions extends PlacementOptions {
  readonly entry: string;
  readonly displayName?: string | undefined;
  readonly serviceType?: 'mcp' | 'agent' | undefined;
  /** The compiler that is built in when absent. */
  readonly compilerBin?: string | undefined;
}

export interface Added {
  readonly service: ServiceReply;
  readonly sourceFile: string;
  readonly wasmPath: string;
  readonly module: string;
  readonly notes: readonly string[];
}

/** Compiles a source, registers it and starts it, which reads its interface. A failed start is a `Problem` with the reason. */
export async function compileAndRegister(session: CommandContext, what: string, wish: AddOptions): Promise<Added> {
  const source = await findSource(session.cwd, what);
  const place = await chooseBuildPath(session.api, session.cwd, source, wish);
  const compiled = await compileSource(session, source, place, wish.compilerBin);
  await writeBuilt(place.wasmPath, compiled);
  const manifest = localManifest({
    sourceFile: source.path,
    module: place.module,
    wasmPath: place.wasmPath,
    wasmSha256: sha256Hex(compiled.wasm),
    workspaceRoot: session.cwd,
    entry: wish.entry,
    displayName: wish.displayName,
    serviceType: wish.serviceType,
  });
  const notes = [...compiled.notes];
  const applied = await session.api.apply(manifest).catch(async (error: unknown) => {
    if (!(error instanceof ApiError) || error.code !== 'INTERFACE_MISMATCH' || compiled.presumed !== true) throw error;
    notes.push(withoutInterface(wish.compilerBin ?? 'the compiler'));
    await writeBuilt(place.wasmPath, { wasm: compiled.wasm });
    return session.api.apply(manifest);
  });
  const { service } = await session.api.start(applied.service.serviceId);
  assertRunning(service);
  return { service, sourceFile: source.path, ...place, notes };
}

function compileSource(
  { cwd, env }: CommandContext,
  { path }: FoundSource,
  { wasmPath }: Placement,
  bin?: string,
): Promise<Compiled> {
  const shownAs = shownPath(cwd, path);
  if (bin === undefined) return compileFile(path, shownAs);
  return compileExternally({ bin, source: path, shownAs, wasmPath, cwd, env });
}
