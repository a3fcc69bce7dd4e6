import { join } from 'node:path';
import { localWasm, type Manifest } from '@clarity-runtime/core';
import {
  BUILT_IN_KINDS,
  deriveServiceId,
  namespaceOf,
  programKey,
  redactedManifest,
  serviceDigest,
  sha256Hex,
} from '@clarity-runtime/core/internal';
import { compileFile, shownPath, type Compiled } from '@clarity-runtime/adapter-toolchain';
import type { ServiceReply } from '@clarity-runtime/api-contract';
import { manifestChanges, type ManifestChange } from '../additions/manifest-changes.ts';
import type { CommandContext } from '../command-support/command-context.ts';
import { CliError } from '../support/cli-error.ts';
import { fileTargets, MANAGED_BY, type SourceService } from './file-manifest.ts';
import type { ReadClarityFile } from './read-clarity-file.ts';

export type FileAction = 'add' | 'change' | 'replace' | 'remove' | 'conflict' | 'none';

/** One step from the stored state to that of a file. */
export interface FileStep {
  readonly kind: 'policy' | 'service';
  readonly name: string;
  readonly action: FileAction;
  /** Changed members, with hidden values. */
  readonly changes: readonly ManifestChange[];
  readonly manifest?: Manifest;
  readonly policy?: object;
  readonly stored?: ServiceReply;
  /** The module of a source, written when the step is applied. */
  readonly built?: { readonly path: string; readonly compiled: Compiled };
  /** Owner of a service that the file does not own. */
  readonly owner?: string;
}

/** Options of `filePlan`. */
export interface FilePlanOptions {
  /** Removes services of the owner that the file does not name. */
  readonly prune: boolean;
  /** Takes services of another owner. */
  readonly adopt: boolean;
}

/**
 * Compares a file with the daemon. Changes nothing.
 * @throws CliError with exit code 2 when `prune` is set and the file has no name.
 */
export async function filePlan(
  session: CommandContext,
  read: ReadClarityFile,
  { prune, adopt }: FilePlanOptions,
): Promise<readonly FileStep[]> {
  const { api } = session;
  const { file, folder } = read;
  if (prune && file.name === undefined) {
    throw new CliError('--prune needs the name of the owner', {
      exitCode: 2,
      code: 'USAGE',
      hint: `write name: <owner> into ${read.from}; only services with this owner are removed`,
    });
  }
  const steps: FileStep[] = [...(await policySteps(session, file.policies ?? {}))];
  const { items } = await api.services();
  const wanted = new Set<string>();
  for (const [name, target] of fileTargets(file, folder)) {
    const built = 'source' in target ? await builtService(session, name, target.source) : { manifest: target.manifest };
    const namespace = namespaceOf(checked(built.manifest, `${read.from}: ${name}`));
    if (wanted.has(namespace)) throw new CliError(`${read.from}: two services have the name '${namespace}'`);
    wanted.add(namespace);
    const found = items.find((item) => item.namespace === namespace);
    const stored = found === undefined ? undefined : (await api.service(found.serviceId)).service;
    steps.push({ ...serviceStep(namespace, built.manifest, { stored, owner: file.name, adopt }), ...built });
  }
  if (!prune) return steps;
  for (const { namespace, serviceId } of items) {
    if (wanted.has(namespace)) continue;
    const stored = (await api.service(serviceId)).service;
    if (ownerOf(stored) !== file.name) continue;
    steps.push({ kind: 'service', name: namespace, action: 'remove', changes: [], stored });
  }
  return steps;
}

/** The daemon checks a whole manifest; its place and its type must be known before. */
function checked(manifest: Manifest, from: string): Manifest {
  const { metadata, spec } = Object(manifest) as Partial<Manifest>;
  const { type } = Object(spec?.origin) as { readonly type?: unknown };
  if (typeof metadata?.module === 'string' && typeof metadata.sourceFile === 'string' && typeof type === 'string') {
    return manifest;
  }
  throw new CliError(`${from}: the manifest has no metadata.module, metadata.sourceFile or spec.origin.type`);
}

const ownerOf = ({ manifest }: ServiceReply): string | undefined =>
  (manifest as unknown as Manifest).metadata.labels?.[MANAGED_BY];

async function builtService(
  { cwd }: CommandContext,
  module: string,
  { path, entry, options }: SourceService,
): Promise<{ readonly manifest: Manifest; readonly built: { readonly path: string; readonly compiled: Compiled } }> {
  const compiled = await compileFile(path, shownPath(cwd, path));
  const wasmPath = join(cwd, '.clarity', 'build', `${module}.wasm`);
  const artifactSha256 = sha256Hex(compiled.wasm);
  const own = { sourceFile: path, module, workspaceRoot: cwd, artifactSha256, entry };
  return { manifest: localWasm(wasmPath, { ...options, ...own }), built: { path: wasmPath, compiled } };
}

function serviceStep(
  name: string,
  manifest: Manifest,
  { stored, owner, adopt }: { stored: ServiceReply | undefined; owner: string | undefined; adopt: boolean },
): FileStep {
  if (stored === undefined) return { kind: 'service', name, action: 'add', changes: [], manifest };
  const shown = stored.manifest as unknown as Manifest;
  const visible = manifestChanges(shown, redactedManifest(manifest));
  const changes = visible.length === 0 && hasOtherValues(manifest, stored) ? [HIDDEN_CHANGE] : visible;
  const step = { kind: 'service', name, changes, manifest, stored } as const;
  if (changes.length === 0) return { ...step, action: 'none' };
  const holder = ownerOf(stored);
  const isForeign = holder !== owner && (owner !== undefined || holder !== undefined);
  if (isForeign && !adopt) return { ...step, action: 'conflict', ...(holder === undefined ? {} : { owner: holder }) };
  const isSame = isSameTarget(manifest, stored);
  return { ...step, action: isSame ? 'change' : 'replace' };
}

const HIDDEN_CHANGE: ManifestChange = { field: 'spec.origin (hidden values)', from: '***', to: '***' };

/** Compares hidden values by the digest of the record. A module has more in its digest than this side knows. */
function hasOtherValues(manifest: Manifest, { serviceId, digest, artifact }: ServiceReply): boolean {
  if (artifact !== undefined || JSON.stringify(manifest.spec.origin).includes('***')) return false;
  return serviceDigest({ schema: 1, serviceId, namespace: namespaceOf(manifest), manifest }) !== digest;
}

/** A hidden part of the target, `***`, is restored by the daemon and so stays the same. */
function isSameTarget(manifest: Manifest, { serviceId, manifest: shown }: ServiceReply): boolean {
  const stored = shown as unknown as Manifest;
  if (deriveServiceId(manifest) === serviceId) return true;
  const program = programKey(manifest, BUILT_IN_KINDS);
  if (program !== undefined && program === programKey(stored, BUILT_IN_KINDS)) return true;
  return deriveServiceId(redactedManifest(manifest)) === deriveServiceId(stored);
}

async function policySteps(
  { api }: CommandContext,
  policies: Readonly<Record<string, object>>,
): Promise<readonly FileStep[]> {
  if (Object.keys(policies).length === 0) return [];
  const stored = new Map((await api.policies()).items.map(({ metadata, spec }) => [metadata.name, spec]));
  return Object.entries(policies).map(([name, spec]): FileStep => {
    const policy = { apiVersion: 'clarity.runtime/v1', kind: 'Policy', metadata: { name }, spec };
    const old = stored.get(name);
    if (old === undefined) return { kind: 'policy', name, action: 'add', changes: [], policy };
    const changes = manifestChanges({ spec: old } as unknown as Manifest, { spec } as unknown as Manifest);
    return { kind: 'policy', name, action: changes.length === 0 ? 'none' : 'change', changes, policy };
  });
}
