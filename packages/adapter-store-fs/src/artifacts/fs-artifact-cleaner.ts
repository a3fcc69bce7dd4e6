import { lstat, realpath, unlink } from 'node:fs/promises';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { isStoreError, type ServiceRecord } from '@clarity-runtime/core';
import { workspaceFileOf } from '@clarity-runtime/core/internal';
import type { ArtifactCleaner, CleanedUp } from '@clarity-runtime/core/ports';
import { assertOwn } from '../files/own-files.ts';
import { codeOf } from '../files/store-failure.ts';
import { runtimeFolder } from '../files/runtime-folder.ts';

const OUTSIDE = 'the file is not in a .clarity/build folder of the workspace';

/**
 * Returns the cleaner of one workspace. It deletes stored artifacts that no other service uses, and
 * `.clarity/build/<name>.wasm` with its interface document. It deletes regular files only and follows no link.
 */
export function fsArtifactCleaner({ root }: { readonly root: string }): ArtifactCleaner {
  return {
    cleanUp: async (service, others) => {
      const real = await realpath(root);
      const removed: string[] = [];
      const left: { path: string; reason: string }[] = [];
      for (const { path, reason } of [
        ...artifactsOf(real, service, others),
        ...(await buildsOf(root, service, others)),
      ]) {
        const why = reason ?? (await deleted(real, path));
        if (why === undefined) removed.push(path);
        else if (why !== 'absent') left.push({ path, reason: why });
      }
      return { removed, left } satisfies CleanedUp;
    },
  };
}

/** A file to delete, or to keep if it has a reason. */
interface Candidate {
  readonly path: string;
  readonly reason?: string;
}

function artifactsOf(
  root: string,
  { artifact }: ServiceRecord,
  others: readonly ServiceRecord[],
): readonly Candidate[] {
  const digests = (record: Pick<ServiceRecord, 'artifact'>): readonly string[] => [
    ...(record.artifact === undefined ? [] : [`${record.artifact.wasmSha256}.wasm`]),
    ...(record.artifact?.interfaceSha256 === undefined ? [] : [`${record.artifact.interfaceSha256}.interface.json`]),
  ];
  const used = new Set(others.flatMap(digests));
  return digests(artifact === undefined ? {} : { artifact }).map((name) => ({
    path: join(runtimeFolder(root), 'artifacts', name),
    ...(used.has(name) ? { reason: 'another service uses it' } : {}),
  }));
}

async function buildsOf(
  root: string,
  { manifest }: ServiceRecord,
  others: readonly ServiceRecord[],
): Promise<readonly Candidate[]> {
  const wasmPath = workspaceFileOf(manifest);
  if (wasmPath === undefined) return [];
  const files = [wasmPath, wasmPath.replace(/\.wasm$/, '.interface.json')].filter(
    (path, at, all) => all.indexOf(path) === at,
  );
  const folder = await buildFolder(root, wasmPath);
  if (folder === undefined) return [{ path: wasmPath, reason: OUTSIDE }];
  const isUsed = others.some((other) => {
    const path = workspaceFileOf(other.manifest);
    return path !== undefined && resolve(path) === resolve(wasmPath);
  });
  return files.map((path) => ({
    path: join(folder, basename(path)),
    ...(isUsed ? { reason: 'another service uses it' } : {}),
  }));
}

/** Returns the build folder of a module after resolving links; undefined if it is outside of the workspace. */
async function buildFolder(root: string, wasmPath: string): Promise<string | undefined> {
  if (!wasmPath.endsWith('.wasm') || wasmPath.includes('\0')) return undefined;
  try {
    const folder = await realpath(dirname(resolve(wasmPath)));
    const isBuild = folder.endsWith(join(sep, '.clarity', 'build'));
    return isBuild && folder.startsWith(join(await realpath(root), sep)) ? folder : undefined;
  } catch {
    return undefined;
  }
}

/** Deletes a file. Returns undefined, or the reason why it was not deleted. */
async function deleted(root: string, path: string): Promise<string | undefined> {
  try {
    const stat = await lstat(path);
    if (stat.isSymbolicLink()) return 'the path is a link';
    if (!stat.isFile()) return 'the path is not a regular file';
    await assertOwn(root, path);
    await unlink(path);
    return undefined;
  } catch (error) {
    if (isStoreError(error)) return error.message;
    const code = codeOf(error);
    return code === 'ENOENT' ? 'absent' : `the file cannot be deleted: ${code ?? 'unknown'}`;
  }
}
