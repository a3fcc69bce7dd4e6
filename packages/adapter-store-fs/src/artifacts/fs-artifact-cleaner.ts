import { lstat, realpath, unlink } from 'node:fs/promises';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { type ServiceRecord } from '@clarity-runtime/core';
import { workspaceFileOf } from '@clarity-runtime/core/internal';
import type { ArtifactCleaner, CleanedUp } from '@clarity-runtime/core/ports';
import { codeOf } from '../files/store-failure.ts';
import { runtimeFolder } from '../files/runtime-folder.ts';

const OUTSIDE = 'it does not lie in a .clarity/build of the workspace';

/**
 * Deletes inside of one workspace: stored copies that nobody else runs, and `.clarity/build/<name>.wasm` with the interface
 * beside it. Only regular files, and no link is followed on the way to them.
 */
export function fsArtifactCleaner({ root }: { readonly root: string }): ArtifactCleaner {
  return {
    cleanUp: async (service, others) => {
      const removed: string[] = [];
      const left: { path: string; reason: string }[] = [];
      for (const { path, reason } of [...copiesOf(root, service, others), ...(await builtFor(root, service, others))]) {
        const why = reason ?? (await deleted(path));
        if (why === undefined) removed.push(path);
        else if (why !== 'absent') left.push({ path, reason: why });
      }
      return { removed, left } satisfies CleanedUp;
    },
  };
}

/** A file that could be deleted; with a reason it stays. */
interface Candidate {
  readonly path: string;
  readonly reason?: string;
}

function copiesOf(root: string, { artifact }: ServiceRecord, others: readonly ServiceRecord[]): readonly Candidate[] {
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

async function builtFor(
  root: string,
  { manifest }: ServiceRecord,
  others: readonly ServiceRecord[],
): Promise<readonly Candidate[]> {
  const wasmPath = workspaceFileOf(manifest);
  if (wasmPath === undefined) return [];
  const files = [wasmPath, wasmPath.replace(/\.wasm$/, '.interface.json')].filter(
    (path, at, all) => all.indexOf(path) === at,
  );
  const place = await builtPlace(root, wasmPath);
  if (place === undefined) return [{ path: wasmPath, reason: OUTSIDE }];
  const isUsed = others.some((other) => {
    const path = workspaceFileOf(other.manifest);
    return path !== undefined && resolve(path) === resolve(wasmPath);
  });
  return files.map((path) => ({
    path: join(place, basename(path)),
    ...(isUsed ? { reason: 'another service uses it' } : {}),
  }));
}

/** The real build folder, of the workspace or of a project in it, when the module lies directly in it; links are followed first. */
async function builtPlace(root: string, wasmPath: string): Promise<string | undefined> {
  if (!wasmPath.endsWith('.wasm') || wasmPath.includes('\0')) return undefined;
  try {
    const place = await realpath(dirname(resolve(wasmPath)));
    const isBuild = place.endsWith(join(sep, '.clarity', 'build'));
    return isBuild && place.startsWith(join(await realpath(root), sep)) ? place : undefined;
  } catch {
    return undefined;
  }
}

/** Why a file was not deleted; undefined when it was. */
async function deleted(path: string): Promise<string | undefined> {
  try {
    const stat = await lstat(path);
    if (stat.isSymbolicLink()) return 'it is a link';
    if (!stat.isFile()) return 'it is not a regular file';
    await unlink(path);
    return undefined;
  } catch (error) {
    const code = codeOf(error);
    return code === 'ENOENT' ? 'absent' : `it cannot be deleted: ${code ?? 'unknown'}`;
  }
}
