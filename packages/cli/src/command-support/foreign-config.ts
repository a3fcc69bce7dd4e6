/** A configuration that another product reads. */
export interface ForeignConfig {
  /** Noun phrase of the format. */
  readonly title: string;
  /** The command of `clarityctl` that registers its servers. */
  readonly command: 'import --from' | 'install';
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

const IMPORT = 'import --from';

type Members = Readonly<Record<string, unknown>>;

/** Returns the format of a configuration of another product; undefined for a manifest, and for any other value. */
export function foreignConfig(value: unknown): ForeignConfig | undefined {
  const members = membersOf(value);
  if (members === undefined || 'apiVersion' in members || 'kind' in members) return undefined;
  for (const { path, title } of FAMILIES) {
    if (hasServer(path.reduce<unknown>((at, name) => membersOf(at)?.[name], members)))
      return { title, command: IMPORT };
  }
  if (isServer(members)) return { title: 'the entry of one MCP server', command: IMPORT };
  if (Array.isArray(members['packages']) || Array.isArray(members['remotes'])) {
    return { title: 'a server.json of the MCP registry', command: 'install' };
  }
  const bundled = membersOf(membersOf(members['server'])?.['mcp_config']);
  if (bundled !== undefined) {
    return { title: 'the manifest of an MCP bundle', command: 'install' };
  }
  return hasServer(members) ? { title: 'a map of MCP servers', command: IMPORT } : undefined;
}

const TOML_TABLE = /^[ \t]*\[mcp_servers\b/m;
const YAML_MAP = /^(?:mcpServers|mcp_servers|extensions|context_servers):[ \t]*(?:#.*)?$/m;

/** Returns the format of a configuration that is not JSON; undefined for any other text. */
export function foreignText(text: string): ForeignConfig | undefined {
  if (TOML_TABLE.test(text)) return { title: 'a TOML configuration with mcp_servers (Codex, Grok)', command: IMPORT };
  return YAML_MAP.test(text)
    ? { title: 'a YAML configuration of MCP servers (Continue, Goose, Hermes)', command: IMPORT }
    : undefined;
}

const membersOf = (value: unknown): Members | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Members) : undefined;

const isServer = (members: Members): boolean =>
  LOCAL.some((name) => typeof members[name] === 'string' || Array.isArray(members[name])) ||
  REMOTE.some((name) => typeof members[name] === 'string');

/** Returns whether a map or a list has the entry of a server. */
function hasServer(value: unknown): boolean {
  const entries: readonly unknown[] = Array.isArray(value) ? value : Object.values(membersOf(value) ?? {});
  return entries.some((each) => {
    const entry = membersOf(each);
    return entry !== undefined && isServer(entry);
  });
}
