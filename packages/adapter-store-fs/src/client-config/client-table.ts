import { join } from 'node:path';
import {
  applicationData,
  configHome,
  nonEmpty,
  type ClientEnvironment,
  type Paths,
  type PathOf,
} from './client-paths.ts';
import { codexEntryShape, jsonShape, type EntryShape } from './entry-shapes.ts';

/** One supported AI client. */
export interface ClientRow {
  readonly client: string;
  readonly format: 'json' | 'jsonc' | 'toml';
  /** Member of the root that contains the servers. */
  readonly container: string;
  readonly paths: Paths;
  /** A path that exists once the client was used. */
  readonly traces: PathOf;
  readonly shape: EntryShape;
  /** Next step for the user, as an instruction. */
  readonly next: string;
}

const codexHome = ({ home, env }: ClientEnvironment): string => nonEmpty(env['CODEX_HOME']) ?? join(home, '.codex');
const inProject =
  (...parts: string[]): PathOf =>
  ({ project }) =>
    join(project, ...parts);
const inHome =
  (...parts: string[]): PathOf =>
  ({ home }) =>
    join(home, ...parts);
const inData =
  (...parts: string[]): PathOf =>
  (environment) =>
    join(applicationData(environment), ...parts);
const zedFolder: PathOf = (environment) =>
  environment.platform === 'win32'
    ? join(applicationData(environment), 'Zed')
    : join(environment.platform === 'darwin' ? join(environment.home, '.config') : configHome(environment), 'zed');
const claudeFile: PathOf = ({ home, env }) => join(nonEmpty(env['CLAUDE_CONFIG_DIR']) ?? home, '.claude.json');

const shell = (name: string): string => `\${${name}}`;
const editor = (name: string): string => `\${env:${name}}`;

/** All supported clients: file, format, shape of an entry and the step that loads a changed file. */
export const CLIENT_TABLE: readonly ClientRow[] = [
  {
    client: 'codex',
    format: 'toml',
    container: 'mcp_servers',
    paths: {
      user: (environment) => join(codexHome(environment), 'config.toml'),
      project: inProject('.codex', 'config.toml'),
    },
    traces: codexHome,
    shape: codexEntryShape,
    next: 'start a new Codex session; `codex mcp list` shows it',
  },
  {
    client: 'claude',
    format: 'json',
    container: 'mcpServers',
    paths: { user: claudeFile, project: inProject('.mcp.json') },
    traces: claudeFile,
    shape: jsonShape({ types: { http: 'http' }, variable: shell }),
    next: 'start a new Claude Code session; `claude mcp list` and /mcp show it',
  },
  {
    client: 'claude-desktop',
    format: 'json',
    container: 'mcpServers',
    paths: { user: inData('Claude', 'claude_desktop_config.json') },
    traces: inData('Claude'),
    shape: jsonShape({ hasHttp: false }),
    next: 'quit Claude Desktop and open it again',
  },
  {
    client: 'cursor',
    format: 'jsonc',
    container: 'mcpServers',
    paths: { user: inHome('.cursor', 'mcp.json'), project: inProject('.cursor', 'mcp.json') },
    traces: inHome('.cursor'),
    shape: jsonShape({ variable: editor }),
    next: 'enable it in Cursor under Settings, MCP',
  },
  {
    client: 'vscode',
    format: 'jsonc',
    container: 'servers',
    paths: { user: inData('Code', 'User', 'mcp.json'), project: inProject('.vscode', 'mcp.json') },
    traces: inData('Code', 'User'),
    shape: jsonShape({ types: { stdio: 'stdio', http: 'http' }, variable: editor }),
    next: 'run "MCP: List Servers" in VS Code and start it',
  },
  {
    client: 'gemini',
    format: 'jsonc',
    container: 'mcpServers',
    paths: { user: inHome('.gemini', 'settings.json'), project: inProject('.gemini', 'settings.json') },
    traces: inHome('.gemini'),
    shape: jsonShape({ url: 'httpUrl', variable: shell }),
    next: 'start a new Gemini CLI session; /mcp shows it',
  },
  {
    client: 'windsurf',
    format: 'jsonc',
    container: 'mcpServers',
    paths: { user: inHome('.codeium', 'windsurf', 'mcp_config.json') },
    traces: inHome('.codeium', 'windsurf'),
    shape: jsonShape({ url: 'serverUrl', variable: editor }),
    next: 'refresh the list of MCP servers in Windsurf',
  },
  {
    client: 'zed',
    format: 'jsonc',
    container: 'context_servers',
    paths: {
      user: (environment) => join(zedFolder(environment), 'settings.json'),
      project: inProject('.zed', 'settings.json'),
    },
    traces: zedFolder,
    shape: jsonShape({}),
    next: 'check the agent panel of Zed: it starts the server automatically',
  },
];
