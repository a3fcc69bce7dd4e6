import { homedir } from 'node:os';
import { isAbsolute, join, resolve, sep } from 'node:path';
import {
  configOfText,
  findConfigs,
  readConfigFile,
  readForeignFile,
  type FoundConfigs,
  type FoundFile,
} from '@clarity-runtime/adapter-store-fs';
import {
  importPlan,
  valueParts,
  type FoundServer,
  type ImportPlanRow,
  type RegisteredService,
} from '@clarity-runtime/core/internal';
import type { Origin } from '@clarity-runtime/core';
import type { CommandContext } from '../command-support/command-context.ts';
import { messageOf } from '../support/error-text.ts';
import type { ImportRequest } from './import-request.ts';

/** The rows of an import and the files behind them. */
export interface ReadPlan {
  readonly rows: readonly ImportPlanRow[];
  readonly files: readonly FoundFile[];
  /** Servers of project files that the scope leaves out. */
  readonly otherCount: number;
}

const MAX_SECRET_FILE_BYTES = 16 * 1024;

/** Reads configurations and plans the import. Starts nothing and writes nothing. */
export async function readPlan(
  { env, cwd, secretInput }: CommandContext,
  request: ImportRequest,
  { registered, keepsWrappers }: { readonly registered: readonly RegisteredService[]; readonly keepsWrappers: boolean },
): Promise<ReadPlan> {
  const home = env['HOME'] ?? env['USERPROFILE'] ?? homedir();
  const user = { home, platform: process.platform, env, project: cwd };
  const { clients, files, scopes, only, except } = request;
  const search = clients === undefined || clients.length > 0;
  const found: FoundConfigs[] = search ? [await findConfigs({ ...user, clients, scopes })] : [];
  const others =
    search && scopes.length < 3 ? await findConfigs({ ...user, clients, scopes: ['project', 'local'] }) : undefined;
  for (const name of files) {
    found.push(
      await (
        name === '-'
          ? secretInput.piped().then((text) => configOfText(text, 'standard input', cwd))
          : readConfigFile(resolve(cwd, name))
      ).catch((error: unknown) => failed(name, error)),
    );
  }
  const servers = found.flatMap((each) => each.servers).filter(({ name }) => isChosen(name, only, except));
  const rows = importPlan(servers, {
    context: {
      variables: env,
      home,
      separator: sep,
      files: await namedFiles(servers, home),
      keepEnv: request.keepEnv,
      keepPlain: request.keepPlain,
      keepsSecrets: request.keepsSecrets,
    },
    registered,
    keepsWrappers,
    renamed: request.renamed,
  });
  const known = new Set(servers.map(({ path, name }) => `${path}\n${name}`));
  const otherCount = (others?.servers ?? []).filter(({ path, name }) => !known.has(`${path}\n${name}`)).length;
  return { rows, files: found.flatMap((each) => each.files), otherCount: scopes.includes('project') ? 0 : otherCount };
}

const failed = (name: string, error: unknown): FoundConfigs => ({
  servers: [],
  files: [{ client: 'file', scope: 'user', path: name, serverCount: 0, problem: messageOf(error) }],
});

const isChosen = (name: string, only: readonly string[] | undefined, except: readonly string[]): boolean =>
  (only?.includes(name) ?? true) && !except.includes(name);

/**
 * Reads the files that values name, as `{file:path}`. A project must not read files outside of its folder, because it would
 * send them to a server of its choice.
 */
async function namedFiles(servers: readonly FoundServer[], home: string): Promise<ReadonlyMap<string, string>> {
  const files = new Map<string, string>();
  for (const { launch, references, scope, folder } of servers) {
    const pairs = launch === undefined ? [] : launch.type === 'process' ? launch.env : launch.headers;
    const texts = launch?.type === 'process' ? launch.args : launch === undefined ? [] : [launch.url];
    for (const text of [...texts, ...pairs.map(({ value }) => value)]) {
      for (const part of valueParts(text, references)) {
        if (part.type !== 'file' || files.has(part.path)) continue;
        const path = part.path.startsWith('~/') ? join(home, part.path.slice(2)) : resolve(folder, part.path);
        if (!isAbsolute(path)) continue;
        const limits = { maxBytes: MAX_SECRET_FILE_BYTES, ...(scope === 'project' ? { within: folder } : {}) };
        const content = await readForeignFile(path, limits).catch(() => undefined);
        if (content !== undefined) files.set(part.path, content);
      }
    }
  }
  return files;
}

/** Returns the services of the daemon. */
export async function registeredServices({ api }: CommandContext): Promise<readonly RegisteredService[]> {
  const { items } = await api.services();
  const services: RegisteredService[] = [];
  for (const { serviceId, namespace } of items) {
    const { service } = await api.service(serviceId);
    services.push({ serviceId, namespace, origin: service.manifest.spec.origin as unknown as Origin });
  }
  return services;
}
