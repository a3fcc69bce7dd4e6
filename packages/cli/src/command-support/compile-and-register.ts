import { localWasm, type Manifest, type ServicePolicy } from '@clarity-runtime/core';
import { dirname, join, sep } from 'node:path';
import { assertOwn, makeOwnFolder, STATE_FOLDER } from '@clarity-runtime/adapter-store-fs';
import { sha256Hex } from '@clarity-runtime/core/internal';
import { ApiError } from '../api/api-error.ts';
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
import { isLeftDisabled } from './register.ts';
import { startService } from './start-service.ts';
import { chooseBuildPath, type Placement, type PlacementOptions } from './placement.ts';

export interface AddOptions extends PlacementOptions {
  readonly entry: string;
  readonly displayName?: string | undefined;
  readonly policy?: ServicePolicy | undefined;
  readonly serviceType?: 'mcp' | 'agent' | undefined;
  /** Path of another compiler. Absent: the built-in compiler. */
  readonly compilerBin?: string | undefined;
  /** Registers the manifest. */
  readonly apply: (manifest: Manifest) => Promise<{ readonly service: ServiceReply }>;
  /** Registers only. */
  readonly isNotStarted?: boolean;
}

export interface Added {
  readonly service: ServiceReply;
  readonly sourceFile: string;
  readonly wasmPath: string;
  readonly module: string;
  readonly notes: readonly string[];
}

/** Compiles, registers and starts a source. Throws a `CliError` with the reason when the start fails. */
export async function compileAndRegister(session: CommandContext, what: string, options: AddOptions): Promise<Added> {
  const source = await findSource(session.cwd, what);
  const place = await chooseBuildPath(session.api, session.cwd, source, options);
  const compiled = await compileSource(session, source, place, options.compilerBin);
  await prepareBuildFolder(session.cwd, place.wasmPath);
  await writeBuilt(place.wasmPath, compiled);
  const manifest = localWasm(place.wasmPath, {
    sourceFile: source.path,
    module: place.module,
    artifactSha256: sha256Hex(compiled.wasm),
    workspaceRoot: session.cwd,
    entry: options.entry,
    displayName: options.displayName,
    policy: options.policy,
    serviceType: options.serviceType,
  });
  const notes = [...compiled.notes];
  const { apply, isNotStarted = false } = options;
  const applied = await apply(manifest).catch(async (error: unknown) => {
    if (!(error instanceof ApiError) || error.code !== 'INTERFACE_MISMATCH' || compiled.presumed !== true) throw error;
    notes.push(withoutInterface(options.compilerBin ?? 'the compiler'));
    await writeBuilt(place.wasmPath, { wasm: compiled.wasm });
    return apply(manifest);
  });
  const isLeft = isNotStarted || isLeftDisabled(session.output, applied.service);
  const service = isLeft ? applied.service : await startService(session, applied.service);
  return { service, sourceFile: source.path, ...place, notes };
}

/** Creates the folder of a module below `.clarity`. @throws StoreError when a part of the path is not a file of this user. */
async function prepareBuildFolder(cwd: string, wasmPath: string): Promise<void> {
  if (!wasmPath.startsWith(join(cwd, STATE_FOLDER, sep))) return;
  await makeOwnFolder(cwd, dirname(wasmPath));
  await assertOwn(cwd, wasmPath);
}

async function compileSource(
  { cwd, env }: CommandContext,
  { path }: FoundSource,
  { wasmPath }: Placement,
  bin?: string,
): Promise<Compiled> {
  const shownAs = shownPath(cwd, path);
  if (bin === undefined) return compileFile(path, shownAs);
  await prepareBuildFolder(cwd, wasmPath);
  return compileExternally({ bin, source: path, shownAs, wasmPath, cwd, env });
}
