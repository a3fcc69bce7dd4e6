import { join } from 'node:path';
import { applicationData, configHome, from, inData, inHome, inProject, moved, type PathOf } from './client-paths.ts';
import { editorReference, row, shellReference, type ClientRow } from './client-row.ts';
import { codexEntryShape } from './entry-shapes.ts';

const codexHome = moved('CODEX_HOME', '.codex');
const claudeFile = from(moved('CLAUDE_CONFIG_DIR'), '.claude.json');
const zedFolder: PathOf = (environment) =>
  environment.platform === 'win32'
    ? join(applicationData(environment), 'Zed')
    : join(environment.platform === 'darwin' ? join(environment.home, '.config') : configHome(environment), 'zed');
const VSCODE_BUILDS = ['Code', 'Code - Insiders', 'VSCodium'] as const;

/** The clients of the first table: files, format, references, shape of an entry and the step that loads a changed file. */
export const COMMON_CLIENTS: readonly ClientRow[] = [
  {
    client: 'codex',
    format: 'toml',
    container: ['mcp_servers'],
    paths: { user: [from(codexHome, 'config.toml')], project: [inProject('.codex', 'config.toml')] },
    traces: codexHome,
    references: 'none',
    shape: codexEntryShape,
    next: 'start a new Codex session; `codex mcp list` shows it',
  },
  row({
    client: 'claude',
    format: 'json',
    paths: { user: [claudeFile], project: [inProject('.mcp.json')] },
    traces: claudeFile,
    references: 'shell',
    timeoutUnitMs: 1,
    shape: { types: { http: 'http' }, variable: shellReference },
    next: 'start a new Claude Code session; `claude mcp list` and /mcp show it',
  }),
  row({
    client: 'claude-desktop',
    format: 'json',
    paths: { user: [inData('Claude', 'claude_desktop_config.json')] },
    traces: inData('Claude'),
    references: 'none',
    shape: { hasHttp: false },
    next: 'quit Claude Desktop and open it again',
  }),
  row({
    client: 'cursor',
    paths: { user: [inHome('.cursor', 'mcp.json')], project: [inProject('.cursor', 'mcp.json')] },
    traces: inHome('.cursor'),
    references: 'editor',
    shape: { variable: editorReference },
    next: 'enable it in Cursor under Settings, MCP',
  }),
  row({
    client: 'vscode',
    container: ['servers'],
    paths: {
      user: VSCODE_BUILDS.map((build) => inData(build, 'User', 'mcp.json')),
      project: [inProject('.vscode', 'mcp.json')],
    },
    traces: inData('Code', 'User'),
    references: 'editor',
    shape: { types: { stdio: 'stdio', http: 'http' }, variable: editorReference },
    next: 'run "MCP: List Servers" in VS Code and start it',
  }),
  row({
    client: 'gemini',
    paths: { user: [inHome('.gemini', 'settings.json')], project: [inProject('.gemini', 'settings.json')] },
    traces: inHome('.gemini'),
    references: 'dollar',
    timeoutUnitMs: 1,
    shape: { url: 'httpUrl', variable: shellReference },
    next: 'start a new Gemini CLI session; /mcp shows it',
  }),
  row({
    client: 'windsurf',
    paths: { user: [inHome('.codeium', 'windsurf', 'mcp_config.json'), inHome('.codeium', 'mcp_config.json')] },
    traces: inHome('.codeium', 'windsurf'),
    references: 'editor',
    shape: { url: 'serverUrl', variable: editorReference },
    next: 'refresh the list of MCP servers in Windsurf',
  }),
  row({
    client: 'zed',
    container: ['context_servers'],
    paths: { user: [from(zedFolder, 'settings.json')], project: [inProject('.zed', 'settings.json')] },
    traces: zedFolder,
    references: 'none',
    timeoutUnitMs: 1,
    shape: {},
    next: 'check the agent panel of Zed: it starts the server automatically',
  }),
];
