import { isDeepStrictEqual } from 'node:util';
import { DEFAULT_RESTART_POLICY } from '@clarity-runtime/core/internal';
import type { EnvironmentEntry, Manifest } from '@clarity-runtime/core';
import { clarityFile, type ClarityFile, type FileService, type FileValue } from './clarity-file.ts';
import { fileTargets } from './file-manifest.ts';

/** A stored policy, as the daemon shows it. */
export interface ExportedPolicy {
  readonly metadata: { readonly name: string };
  readonly spec: object;
}

/**
 * Returns the `clarity.yaml` of services and policies. A manifest that the short form cannot express without a difference is
 * exported as it is, so that reading the file gives the same manifests.
 */
export function exportedFile(
  services: readonly { readonly namespace: string; readonly manifest: Manifest }[],
  policies: readonly ExportedPolicy[],
): ClarityFile {
  const named = services.map(({ namespace, manifest }): [string, FileService] => [
    namespace,
    fileService(namespace, manifest),
  ]);
  return {
    version: 1,
    ...(policies.length === 0
      ? {}
      : { policies: Object.fromEntries(policies.map(({ metadata, spec }) => [metadata.name, { ...spec }])) }),
    services: Object.fromEntries(named),
  };
}

/** Relative paths would depend on the folder of the reader, so that every path of an exported file is absolute. */
const FOLDER = '/';

function fileService(name: string, manifest: Manifest): FileService {
  const whole = { manifest: { ...manifest } };
  const short = shortService(manifest);
  if (short === undefined) return whole;
  const read = clarityFile.safeParse({ version: 1, services: { [name]: short } });
  if (!read.success) return whole;
  const target = fileTargets(read.data, FOLDER).get(name);
  const isEqual =
    target !== undefined && 'manifest' in target && isDeepStrictEqual(plain(target.manifest), plain(manifest));
  return isEqual ? (read.data.services?.[name] ?? whole) : whole;
}

const plain = (value: object): unknown => JSON.parse(JSON.stringify(value)) as unknown;

function shortService({ metadata, spec }: Manifest): object | undefined {
  const { origin, enabled, autostart, restartPolicy, policyRef, ...rest } = spec;
  const { displayName, labels } = metadata;
  const common = {
    ...set({ displayName, labels }),
    ...(enabled ? {} : { enabled }),
    ...(autostart ? {} : { autostart }),
    ...(isDeepStrictEqual(restartPolicy, DEFAULT_RESTART_POLICY) ? {} : { restart: restartPolicy }),
    ...(policyRef === 'default' ? {} : { policyRef }),
    ...rest,
  };
  if (origin.type === 'remote_mcp') {
    const { endpoint: url, transport, authRef: auth, headers, query, tls, proxy } = origin;
    const own = { auth, headers: valuesOf(headers), query: valuesOf(query), tls, proxy };
    return { url, ...(transport === 'streamable_http' ? {} : { transport }), ...set(own), ...common };
  }
  if (origin.type !== 'local_process') return undefined;
  const { command, args = [], cwd, env, envFile, inheritEnv } = origin;
  return { command: [command, ...args], ...set({ cwd, env: valuesOf(env), envFile, inheritEnv }), ...common };
}

const set = (members: object): object =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));

function valuesOf(entries: readonly EnvironmentEntry[] | undefined): Readonly<Record<string, FileValue>> | undefined {
  if (entries === undefined) return undefined;
  return Object.fromEntries(
    entries.map(({ name, value = '', secretRef, from }): [string, FileValue] => {
      if (secretRef !== undefined) return [name, { secret: secretRef }];
      return [name, from === undefined ? value : { env: from }];
    }),
  );
}
