import { toPrintableAscii } from '@clarity-runtime/core/internal';

/** A configuration that another product reads. */
export interface ForeignConfig {
  /** Noun phrase of the format. */
  readonly title: string;
  /** How to register a server of it. */
  readonly hint: string;
}

interface Family {
  /** Path of the member that holds the servers, in a map or a list. */
  readonly path: readonly string[];
  readonly title: string;
}

/** The member that holds the servers, by the products that write it. */
const FAMILIES: readonly Family[] = [
  { path: ['mcpServers'], title: 'a configuration with mcpServers (Claude, Cursor, Windsurf, Gemini and others)' },
  { path: ['servers'], title: 'a configuration with servers (VS Code)' },
  { path: ['mcp', 'servers'], title: 'a configuration with mcp.servers (VS Code, OpenCode, OpenClaw)' },
  { path: ['mcp'], title: 'a configuration with mcp (OpenCode, Kilo, Crush)' },
  { path: ['context_servers'], title: 'a configuration with context_servers (Zed)' },
  { path: ['amp.mcpServers'], title: 'a configuration with amp.mcpServers (Amp)' },
  { path: ['mcp_servers'], title: 'a configuration with mcp_servers (Codex, Hermes)' },
  { path: ['extensions'], title: 'a configuration with extensions (Goose)' },
];

/** Members that only an entry of a server has. */
const LOCAL = ['command', 'cmd'] as const;
const REMOTE = ['url', 'serverUrl', 'httpUrl', 'baseUrl', 'uri'] as const;

type Members = Readonly<Record<string, unknown>>;

/** Returns the format of a configuration of another product; undefined for a manifest, and for any other value. */
export function foreignConfig(value: unknown): ForeignConfig | undefined {
  const members = membersOf(value);
  if (members === undefined || 'apiVersion' in members || 'kind' in members) return undefined;
  for (const { path, title } of FAMILIES) {
    const found = firstServer(path.reduce<unknown>((at, name) => membersOf(at)?.[name], members));
    if (found !== undefined) return { title, hint: hintFor(...found) };
  }
  if (isServer(members)) return { title: 'the entry of one MCP server', hint: hintFor('<name>', members) };
  if (Array.isArray(members['packages']) || Array.isArray(members['remotes'])) {
    return { title: 'a server.json of the MCP registry', hint: hintFor(nameOf(members['name']), {}) };
  }
  const bundled = membersOf(membersOf(members['server'])?.['mcp_config']);
  if (bundled !== undefined) {
    return { title: 'the manifest of an MCP bundle', hint: hintFor(nameOf(members['name']), bundled) };
  }
  const bare = firstServer(members);
  return bare && { title: 'a map of MCP servers', hint: hintFor(...bare) };
}

const TOML_TABLE = /^[ \t]*\[mcp_servers\b/m;
const YAML_MAP = /^(?:mcpServers|mcp_servers|extensions|context_servers):[ \t]*(?:#.*)?$/m;

/** Returns the format of a configuration that is not JSON; undefined for any other text. */
export function foreignText(text: string): ForeignConfig | undefined {
  const hint = hintFor('<name>', {});
  if (TOML_TABLE.test(text)) return { title: 'a TOML configuration with mcp_servers (Codex, Grok)', hint };
  return YAML_MAP.test(text)
    ? { title: 'a YAML configuration of MCP servers (Continue, Goose, Hermes)', hint }
    : undefined;
}

const membersOf = (value: unknown): Members | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Members) : undefined;

const isServer = (members: Members): boolean =>
  LOCAL.some((name) => typeof members[name] === 'string' || Array.isArray(members[name])) ||
  REMOTE.some((name) => typeof members[name] === 'string');

/** Returns name and entry of the first server of a map or a list. */
function firstServer(value: unknown): readonly [name: string, entry: Members] | undefined {
  const entries: (readonly [unknown, unknown])[] = Array.isArray(value)
    ? value.map((each) => [membersOf(each)?.['name'], each] as const)
    : Object.entries(membersOf(value) ?? {});
  for (const [name, each] of entries) {
    const entry = membersOf(each);
    if (entry !== undefined && isServer(entry)) return [nameOf(name), entry];
  }
  return undefined;
}

const nameOf = (name: unknown): string =>
  typeof name === 'string' && /^[\w.@/-]+$/.test(name) ? toPrintableAscii(name, 60) : '<name>';

/** The values of an entry may be secrets, so that the hint has none of them. */
function hintFor(name: string, entry: Members): string {
  const remote = `clarityctl add-remote --module ${name} --endpoint <url>`;
  const local = `clarityctl add-process ${name} -- <command> <arguments>`;
  if (REMOTE.some((member) => member in entry)) return `register each server, for example: ${remote}`;
  if (LOCAL.some((member) => member in entry)) return `register each server, for example: ${local}`;
  return `register each server: ${local}, or ${remote}`;
}
