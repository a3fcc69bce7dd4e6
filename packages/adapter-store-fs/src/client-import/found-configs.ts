import { dirname } from 'node:path';
import type { FoundInput, FoundServer, ReferenceSyntax } from '@clarity-runtime/core/internal';
import type { ClientEnvironment } from '../client-config/client-paths.ts';
import { pathsOf, type ClientRow } from '../client-config/client-row.ts';
import { CLIENT_TABLE } from '../client-config/client-table.ts';
import { ConfigProblem } from '../client-config/config-text.ts';
import { configValue } from './config-value.ts';
import { readForeignFile } from './foreign-file.ts';
import { serverOf, type EntryContext } from './server-entry.ts';

/** Scope of a configuration: all projects, this folder, or one project in the file of the user. */
export type FoundScope = FoundServer['scope'];

/** A file that was read, or that could not be read. */
export interface FoundFile {
  readonly client: string;
  readonly scope: FoundScope;
  readonly path: string;
  readonly serverCount: number;
  /** Reason with line and column, without text of the file. */
  readonly problem?: string;
}

/** Servers of all configurations, in the order of the clients. */
export interface FoundConfigs {
  readonly servers: readonly FoundServer[];
  readonly files: readonly FoundFile[];
}

/** Limits the search. */
export interface FindConfigsOptions extends ClientEnvironment {
  /** All clients if absent. */
  readonly clients?: readonly string[] | undefined;
  readonly scopes: readonly FoundScope[];
  /** Scope `local` has the servers of all projects in the file of Claude Code, not only those of `project`. */
  readonly allProjects?: boolean;
}

const MAX_SERVER_COUNT = 512;

type Members = Readonly<Record<string, unknown>>;
const isMembers = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const memberAt = (value: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>((at, name) => (isMembers(at) && Object.hasOwn(at, name) ? at[name] : undefined), value);

/** Names of the clients whose files are read. */
export const importClients: readonly string[] = CLIENT_TABLE.map(({ client }) => client);

/** Reads the configurations of clients. Reading starts no program and writes nothing; a broken file does not stop the others. */
export async function findConfigs(options: FindConfigsOptions): Promise<FoundConfigs> {
  const { clients, scopes } = options;
  const rows = CLIENT_TABLE.filter(({ client }) => clients?.includes(client) ?? true);
  const servers: FoundServer[] = [];
  const files: FoundFile[] = [];
  const seen = new Set<string>();
  for (const row of rows) {
    for (const scope of ['user', 'project'] as const) {
      const hasLocal = scope === 'user' && row.client === 'claude' && scopes.includes('local');
      if (!scopes.includes(scope) && !hasLocal) continue;
      for (const path of pathsOf(row, scope, options)) {
        if (seen.has(path)) continue;
        seen.add(path);
        const place = { client: row.client, scope, path };
        try {
          const text = await readForeignFile(path, scope === 'project' ? { within: options.project } : {});
          if (text === undefined) continue;
          const found = serversOf(configValue(text, row.format), row, place, options, scopes);
          servers.push(...found);
          files.push({ ...place, serverCount: found.length });
        } catch (error) {
          if (!(error instanceof ConfigProblem)) throw error;
          files.push({ ...place, serverCount: 0, problem: error.message });
        }
      }
    }
  }
  return { servers: servers.slice(0, MAX_SERVER_COUNT), files };
}

function serversOf(
  root: unknown,
  row: ClientRow,
  place: Omit<FoundFile, 'serverCount' | 'problem'>,
  options: FindConfigsOptions,
  scopes: readonly FoundScope[],
): readonly FoundServer[] {
  const folder = place.scope === 'project' ? options.project : options.home;
  const context = {
    ...place,
    ...{ references: row.references, timeoutUnitMs: row.timeoutUnitMs, folder, container: row.container },
    inputs: inputsOf(root),
    disabled: disabledNames(root, memberAt(root, row.container)),
  };
  const found = scopes.includes(place.scope) ? entriesOf(containerAt(root, row.container), context) : [];
  if (row.client !== 'claude' || place.scope !== 'user' || !scopes.includes('local')) return found;
  const projects = memberAt(root, ['projects']);
  const folders = options.allProjects === true && isMembers(projects) ? Object.keys(projects) : [options.project];
  const local = folders.slice(0, MAX_SERVER_COUNT).flatMap((folder) => {
    const project = memberAt(projects, [folder]);
    const disabled = new Set(names(memberAt(project, ['disabledMcpServers'])));
    const container = ['projects', folder, 'mcpServers'];
    const own = { ...context, scope: 'local' as const, folder, container, disabled };
    return entriesOf(memberAt(project, ['mcpServers']), own);
  });
  return [...found, ...local];
}

/** OpenCode has servers below `mcp` or, in its second version, below `mcp.servers`. */
function containerAt(root: unknown, container: readonly string[]): unknown {
  const found = memberAt(root, container);
  const inner = memberAt(found, ['servers']);
  return container.at(-1) === 'mcp' && isMembers(inner) && Object.values(inner).every(isMembers) ? inner : found;
}

const names = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((name): name is string => typeof name === 'string') : [];

/** Names that Gemini CLI and Qwen Code leave out by a list. */
function disabledNames(root: unknown, servers: unknown): ReadonlySet<string> {
  const excluded = [...names(memberAt(root, ['mcp', 'excluded'])), ...names(memberAt(root, ['excludeMCPServers']))];
  const allowed = [...names(memberAt(root, ['mcp', 'allowed'])), ...names(memberAt(root, ['allowMCPServers']))];
  const others =
    isMembers(servers) && allowed.length > 0 ? Object.keys(servers).filter((name) => !allowed.includes(name)) : [];
  return new Set([...excluded, ...others]);
}

/** Reads the list `inputs` of VS Code. */
function inputsOf(root: unknown): Readonly<Record<string, FoundInput>> {
  const list = memberAt(root, ['inputs']);
  const inputs = Array.isArray(list) ? list.filter(isMembers) : [];
  const text = (input: Members, name: string): string | undefined => {
    const value = memberAt(input, [name]);
    return typeof value === 'string' ? value.slice(0, 200) : undefined;
  };
  return Object.fromEntries(
    inputs.flatMap((input): [string, FoundInput][] => {
      const [id, description, fallback] = [text(input, 'id'), text(input, 'description'), text(input, 'default')];
      if (id === undefined) return [];
      const isSecret = input['password'] === true;
      return [[id, { isSecret, ...(description && { description }), ...(fallback && { fallback }) }]];
    }),
  );
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

function entriesOf(value: unknown, context: EntryContext): readonly FoundServer[] {
  const list = Array.isArray(value)
    ? value.filter(isMembers).map((entry): [string, unknown] => [textOf(memberAt(entry, ['name'])), entry])
    : Object.entries(isMembers(value) ? value : {});
  return list.slice(0, MAX_SERVER_COUNT).flatMap(([name, entry]) => {
    const server = serverOf(name, entry, context);
    return server === undefined ? [] : [server];
  });
}

/** Members that hold servers in some product, and the references of its values. */
const SHAPES: readonly (readonly [container: readonly string[], references: ReferenceSyntax])[] = [
  [['mcpServers'], 'shell'],
  [['servers'], 'editor'],
  [['mcp', 'servers'], 'editor'],
  [['mcp'], 'braces'],
  [['context_servers'], 'none'],
  [['amp.mcpServers'], 'dollar'],
  [['mcp_servers'], 'none'],
  [['extensions'], 'none'],
  [[], 'shell'],
];

/**
 * Returns the servers of a file of an unknown product, found by their member. Accepts a map of servers, and a single entry.
 * @throws ConfigProblem when the text has no servers.
 */
export function configOfText(text: string, path: string, folder: string): FoundConfigs {
  const root = parsedAnyhow(text, path);
  const place = { client: 'file', scope: 'user' as const, path };
  for (const [container, references] of SHAPES) {
    const context = { ...place, container, references, folder, inputs: inputsOf(root), timeoutUnitMs: undefined };
    const servers = entriesOf(memberAt(root, container), context).filter(({ launch, refusal }) =>
      container.length > 0 ? true : launch !== undefined && refusal === undefined,
    );
    if (servers.length > 0) return { servers, files: [{ ...place, serverCount: servers.length }] };
  }
  const only = serverOf('server', root, { ...place, container: [], references: 'shell', folder, inputs: {} });
  if (only?.launch === undefined) throw new ConfigProblem('the file contains no MCP servers');
  const named = memberAt(root, ['name']);
  const server = { ...only, name: typeof named === 'string' ? named : nameOfPath(path) };
  return { servers: [server], files: [{ ...place, serverCount: 1 }] };
}

const nameOfPath = (path: string): string =>
  path
    .split(/[\\/]/)
    .at(-1)
    ?.replace(/\.[^.]*$/, '') ?? 'server';

const FORMATS: Readonly<Record<string, ClientRow['format']>> = {
  toml: 'toml',
  yaml: 'yaml',
  yml: 'yaml',
  json5: 'json5',
};

function parsedAnyhow(text: string, path: string): unknown {
  const named = FORMATS[path.split('.').at(-1)?.toLowerCase() ?? ''];
  if (named !== undefined) return configValue(text, named);
  try {
    return configValue(text, 'jsonc');
  } catch (error) {
    if (/^\s*[{[]/.test(text)) {
      // The first problem is the one of the usual format.
      return attempt(text, ['json5', 'toml']) ?? raise(error);
    }
    return attempt(text, ['toml', 'yaml']) ?? raise(error);
  }
}

const raise = (error: unknown): never => {
  throw error;
};

function attempt(text: string, formats: readonly ClientRow['format'][]): unknown {
  for (const format of formats) {
    try {
      return configValue(text, format);
    } catch (error) {
      if (!(error instanceof ConfigProblem)) throw error;
    }
  }
  return undefined;
}

/** Reads the file of a path as `configOfText` does. @throws ConfigProblem when it cannot be read or has no servers. */
export async function readConfigFile(path: string): Promise<FoundConfigs> {
  const text = await readForeignFile(path);
  if (text === undefined) throw new ConfigProblem('the file does not exist');
  return configOfText(text, path, dirname(path));
}
