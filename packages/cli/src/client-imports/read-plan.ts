import { homedir } from 'node:os';
import { isAbsolute, join, resolve, sep } from 'node:path';
import {
  configOfText,
  findConfigs,
  readConfigFile,
  readForeignFile,
  type FoundConfigs,
  type FoundFile,
  type FoundScope,
} from '@clarity-runtime/adapter-store-fs';
import {
  importPlan,
  valueParts,
  type FoundServer,
  type ImportPlanRow,
  type RegisteredService,
} from '@clarity-runtime/core/internal';
import { messageOf } from '../support/error-text.ts';
import type { Environment } from '../support/process-context.ts';

/** The rows of an import and the files behind them. */
export interface ReadPlan {
  readonly rows: readonly ImportPlanRow[];
  readonly files: readonly FoundFile[];
  /** Servers of project files that the scope leaves out. */
  readonly otherCount: number;
  /** Returns the rows, in the same order, with other names of services, by the name in the configuration. */
  readonly renamed: (names: ReadonlyMap<string, string>) => readonly ImportPlanRow[];
}

const MAX_SECRET_FILE_BYTES = 16 * 1024;

/** Scopes of files by the word of a request. */
export const IMPORT_SCOPES = {
  user: ['user'],
  project: ['project'],
  local: ['local'],
  all: ['user', 'local', 'project'],
} as const satisfies Readonly<Record<string, readonly FoundScope[]>>;

/** Which configurations are read, and how. */
export interface PlanRequest {
  /** All clients if undefined; no client if empty. */
  readonly clients: readonly string[] | undefined;
  /** Paths of further files; `-` is standard input, and a URL an address. */
  readonly files: readonly string[];
  readonly scopes: readonly FoundScope[];
  /** Scope `local` has the servers of all projects, not only those of the current folder. */
  readonly allProjects?: boolean;
  readonly only: readonly string[] | undefined;
  readonly except: readonly string[];
  readonly renamed: ReadonlyMap<string, string>;
  readonly keepsSecrets: boolean;
  readonly keepPlain: ReadonlySet<string>;
  readonly keepEnv: ReadonlySet<string>;
  readonly keepsWrappers: boolean;
}

/** The user whose files are read. */
export interface PlanUser {
  readonly env: Environment;
  /** Folder of the project files. */
  readonly cwd: string;
  /** Reads standard input for `-`, and a URL; undefined for a path. */
  readonly textOf?: (name: string) => Promise<string> | undefined;
}

/** Reads configurations and plans the import. Starts nothing and writes nothing. */
export async function readPlan(
  { env, cwd, textOf }: PlanUser,
  request: PlanRequest,
  registered: readonly RegisteredService[],
): Promise<ReadPlan> {
  const home = env['HOME'] ?? env['USERPROFILE'] ?? homedir();
  const { clients, files, scopes, only, except, allProjects = false } = request;
  const user = { home, platform: process.platform, env, project: cwd, allProjects };
  const search = clients === undefined || clients.length > 0;
  const found: FoundConfigs[] = search ? [await findConfigs({ ...user, clients, scopes })] : [];
  const others =
    search && scopes.length < 3 ? await findConfigs({ ...user, clients, scopes: ['project', 'local'] }) : undefined;
  for (const name of files) {
    const shown = name === '-' ? 'standard input' : name;
    const read = textOf?.(name)?.then((text) => configOfText(text, shown, cwd)) ?? readConfigFile(resolve(cwd, name));
    found.push(await read.catch((error: unknown) => failed(shown, error)));
  }
  const servers = found.flatMap((each) => each.servers).filter(({ name }) => isChosen(name, only, except));
  const { keepEnv, keepPlain, keepsSecrets, keepsWrappers } = request;
  const named = await namedFiles(servers, home);
  const context = { variables: env, home, separator: sep, files: named, keepEnv, keepPlain, keepsSecrets };
  const renamed = (names: ReadonlyMap<string, string>): readonly ImportPlanRow[] =>
    importPlan(servers, { context, registered, keepsWrappers, renamed: names });
  const known = new Set(servers.map(({ path, name }) => `${path}\n${name}`));
  const otherCount = (others?.servers ?? []).filter(({ path, name }) => !known.has(`${path}\n${name}`)).length;
  return {
    rows: renamed(request.renamed),
    files: found.flatMap((each) => each.files),
    otherCount: scopes.includes('project') ? 0 : otherCount,
    renamed,
  };
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
