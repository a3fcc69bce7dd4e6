import { isAbsolute, resolve } from 'node:path';
import {
  childProcess,
  remote,
  type EnvironmentEntry,
  type Manifest,
  type ManifestOptions,
} from '@clarity-runtime/core';
import type { ClarityFile, ClientEntry, FileService, FileValue } from './clarity-file.ts';

/** The owner label. */
export const MANAGED_BY = 'managed-by';

/** A service of a file that is compiled before it has a manifest. */
export interface SourceService {
  readonly path: string;
  readonly entry: string | undefined;
  readonly options: ManifestOptions;
}

/** A manifest, or a source to compile. */
export type FileTarget = { readonly manifest: Manifest } | { readonly source: SourceService };

/** Returns the manifests of a file by service name. Paths become absolute. */
export function fileTargets(file: ClarityFile, folder: string): ReadonlyMap<string, FileTarget> {
  const targets = new Map<string, FileTarget>();
  for (const [name, service] of Object.entries(file.services ?? {})) {
    targets.set(name, targetOf(name, service, { file, folder }));
  }
  for (const [name, entry] of Object.entries(file.mcpServers ?? {})) {
    targets.set(name, targetOf(name, ofClient(entry), { file, folder }));
  }
  return targets;
}

interface Place {
  readonly file: ClarityFile;
  readonly folder: string;
}

function targetOf(module: string, service: FileService, { file, folder }: Place): FileTarget {
  if ('manifest' in service) return { manifest: service.manifest as unknown as Manifest };
  const at = (path: string | undefined): string | undefined => (path === undefined ? path : resolve(folder, path));
  const options = optionsOf(module, service, file);
  if ('source' in service) return { source: { path: resolve(folder, service.source), entry: service.entry, options } };
  if ('url' in service) {
    const { url, transport, auth: authRef, headers, query, tls, proxy } = service;
    const files = tls && { ...tls, caFile: at(tls.caFile), certFile: at(tls.certFile), keyFile: at(tls.keyFile) };
    const pairs = { headers: entriesOf(headers, 'other'), query: entriesOf(query, 'other') };
    return { manifest: remote(url, { ...options, ...pairs, transport, authRef, proxy, tls: present(files) }) };
  }
  const words = typeof service.command === 'string' ? [service.command] : service.command;
  const [command = '', ...args] = [...words, ...(service.args ?? [])];
  const { envFile, inheritEnv, limits, sandbox } = service;
  return {
    manifest: childProcess(command, args, {
      ...options,
      cwd: at(service.cwd) ?? folder,
      env: entriesOf(service.env, 'env') ?? [],
      envFile: at(envFile),
      inheritEnv,
      limits,
      sandbox,
    }),
  };
}

type Described = Exclude<FileService, { readonly manifest: unknown }>;

function optionsOf(module: string, service: Described, { name, defaults }: ClarityFile): ManifestOptions {
  const { allow: allowTools, deny: denyTools } = service.tools ?? {};
  const policy = { ...service.policy, ...present({ allowTools, denyTools }) };
  const labels = { ...(name === undefined ? {} : { [MANAGED_BY]: name }), ...service.labels };
  const start = service.start ?? ('source' in service ? undefined : defaults?.start);
  return {
    module,
    displayName: service.displayName,
    labels: Object.keys(labels).length === 0 ? undefined : labels,
    enabled: service.enabled,
    autostart: service.autostart,
    restartPolicy: service.restart as ManifestOptions['restartPolicy'],
    policyRef: service.policyRef,
    policy: Object.keys(policy).length === 0 ? undefined : policy,
    surface: service.surface,
    pinInterface: service.pinInterface,
    isolation: service.isolation,
    start: present(start),
  };
}

/** Returns the members that are set; undefined without any. */
function present<T extends object>(
  members: T | undefined,
): { [Name in keyof T]?: Exclude<T[Name], undefined> } | undefined {
  const set = Object.entries(members ?? {}).filter(([, value]) => value !== undefined);
  return set.length === 0 ? undefined : (Object.fromEntries(set) as never);
}

function entriesOf(
  values: Readonly<Record<string, FileValue>> | undefined,
  part: 'env' | 'other',
): readonly EnvironmentEntry[] | undefined {
  if (values === undefined) return undefined;
  return Object.entries(values).map(([name, value]): EnvironmentEntry => {
    if (typeof value !== 'object') return { name, value: String(value) };
    if ('secret' in value) return { name, secretRef: value.secret };
    if (part === 'env' && value.default === undefined) return { name, from: value.env };
    const fallback = value.default === undefined ? '' : `:-${value.default}`;
    return { name, value: `\${env:${value.env}${fallback}}` };
  });
}

/** Writes the variables of clients, `${NAME}` and `${NAME:-default}`, in the form that a start expands. */
const expanded = (text: string): string =>
  text.replace(/\$\{([A-Za-z_]\w*(?::-[^{}]*)?)\}/g, (_, inner: string) => `\${env:${inner}}`);

function ofClient({ command, args = [], env, cwd, url, headers, disabled }: ClientEntry): FileService {
  const each = (pairs: Readonly<Record<string, string | number | boolean>> = {}): Record<string, string> =>
    Object.fromEntries(Object.entries(pairs).map(([name, value]) => [name, expanded(String(value))]));
  const enabled = disabled === true ? { enabled: false } : {};
  if (command === undefined) return { url: expanded(url ?? ''), headers: each(headers), ...enabled };
  const folder = cwd !== undefined && (isAbsolute(cwd) || cwd !== '') ? { cwd } : {};
  return { command: [command, ...args.map(expanded)], env: each(env), ...folder, ...enabled };
}
