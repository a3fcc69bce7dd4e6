import { from, inConfig, inData, inHome, inProject, localData, moved, onWindows } from './client-paths.ts';
import { bracesReference, editorReference, row, shellReference, type ClientRow } from './client-row.ts';
import type { ShapeOptions } from './entry-shapes.ts';

const copilotHome = moved('COPILOT_HOME', '.copilot');
const clineHome = moved('CLINE_DIR', '.cline');
const grokHome = moved('GROK_HOME', '.grok');
/** Folder of VS Code with the files of its extensions. */
const EXTENSIONS = ['Code', 'User', 'globalStorage'] as const;

const openCodeShape: ShapeOptions = {
  isCommandList: true,
  variables: 'environment',
  types: { stdio: 'local', http: 'remote' },
  more: { enabled: true },
  variable: bracesReference,
};

/** More clients, with the same members as those of `COMMON_CLIENTS`. */
export const FURTHER_CLIENTS: readonly ClientRow[] = [
  row({
    client: 'copilot',
    paths: { user: [from(copilotHome, 'mcp-config.json')], project: [inProject('.github', 'mcp.json')] },
    traces: copilotHome,
    references: 'shell',
    shape: { types: { stdio: 'local', http: 'http' }, more: { tools: ['*'] }, variable: shellReference },
    next: 'start a new Copilot CLI session; /mcp shows it',
  }),
  row({
    client: 'qwen',
    paths: {
      user: [inHome('.qwen', 'settings.json')],
      project: [inProject('.qwen', 'settings.json'), inProject('.qwen', 'settings.local.json')],
    },
    traces: inHome('.qwen'),
    references: 'dollar',
    timeoutUnitMs: 1,
    shape: { url: 'httpUrl', variable: shellReference },
    next: 'start a new Qwen Code session; /mcp shows it',
  }),
  row({
    client: 'opencode',
    container: ['mcp'],
    paths: {
      user: [inConfig('opencode', 'opencode.json'), inConfig('opencode', 'opencode.jsonc')],
      project: [inProject('opencode.json'), inProject('opencode.jsonc')],
    },
    traces: inConfig('opencode'),
    references: 'braces',
    shape: openCodeShape,
    next: 'start a new OpenCode session',
  }),
  row({
    client: 'kilo',
    container: ['mcp'],
    paths: {
      user: [inConfig('kilo', 'kilo.json'), inConfig('kilo', 'kilo.jsonc')],
      project: [inProject('kilo.json'), inProject('kilo.jsonc'), inProject('.kilo', 'kilo.json')],
    },
    traces: inConfig('kilo'),
    references: 'braces',
    shape: openCodeShape,
    next: 'start a new Kilo session',
  }),
  row({
    client: 'kiro',
    paths: { user: [inHome('.kiro', 'settings', 'mcp.json')], project: [inProject('.kiro', 'settings', 'mcp.json')] },
    traces: inHome('.kiro'),
    references: 'shell',
    shape: { variable: shellReference },
    next: 'open the MCP view of Kiro and enable it',
  }),
  row({
    client: 'cline',
    paths: {
      user: [
        inData(...EXTENSIONS, 'saoudrizwan.claude-dev', 'settings', 'cline_mcp_settings.json'),
        from(clineHome, 'data', 'settings', 'cline_mcp_settings.json'),
      ],
    },
    traces: inData(...EXTENSIONS, 'saoudrizwan.claude-dev'),
    references: 'none',
    timeoutUnitMs: 1000,
    shape: { types: { http: 'streamableHttp' } },
    next: 'open the list of MCP servers in Cline',
  }),
  row({
    client: 'roo',
    paths: {
      user: [inData(...EXTENSIONS, 'rooveterinaryinc.roo-cline', 'settings', 'mcp_settings.json')],
      project: [inProject('.roo', 'mcp.json')],
    },
    traces: inData(...EXTENSIONS, 'rooveterinaryinc.roo-cline'),
    references: 'editor',
    timeoutUnitMs: 1000,
    shape: { types: { http: 'streamable-http' }, variable: editorReference },
    next: 'open the list of MCP servers in Roo Code',
  }),
  row({
    client: 'junie',
    paths: { user: [inHome('.junie', 'mcp', 'mcp.json')], project: [inProject('.junie', 'mcp', 'mcp.json')] },
    traces: inHome('.junie'),
    references: 'none',
    shape: {},
    next: 'restart Junie',
  }),
  row({
    client: 'lmstudio',
    paths: { user: [inHome('.lmstudio', 'mcp.json'), inHome('.cache', 'lm-studio', 'mcp.json')] },
    traces: inHome('.lmstudio'),
    references: 'editor',
    shape: { variable: editorReference },
    next: 'enable it in LM Studio under Program, Install',
  }),
  row({
    client: 'amp',
    container: ['amp.mcpServers'],
    paths: { user: [inConfig('amp', 'settings.json')], project: [inProject('.amp', 'settings.json')] },
    traces: inConfig('amp'),
    references: 'dollar',
    shape: { variable: shellReference },
    next: 'start a new Amp session',
  }),
  row({
    client: 'crush',
    container: ['mcp'],
    paths: {
      user: [onWindows(from(localData, 'crush', 'crush.json'), inConfig('crush', 'crush.json'))],
      project: [inProject('crush.json'), inProject('.crush.json')],
    },
    traces: onWindows(from(localData, 'crush'), inConfig('crush')),
    references: 'dollar',
    timeoutUnitMs: 1000,
    shape: { types: { stdio: 'stdio', http: 'http' }, variable: (name) => `$${name}` },
    next: 'start a new Crush session',
  }),
  row({
    client: 'warp',
    paths: { user: [inHome('.warp', '.mcp.json')], project: [inProject('.warp', '.mcp.json')] },
    traces: inHome('.warp'),
    references: 'none',
    shape: {},
    next: 'open the list of MCP servers in Warp',
  }),
  row({
    client: 'grok',
    format: 'toml',
    container: ['mcp_servers'],
    paths: { user: [from(grokHome, 'config.toml')], project: [inProject('.grok', 'config.toml')] },
    traces: grokHome,
    references: 'shell',
    shape: { variable: shellReference },
    next: 'start a new Grok session',
  }),
  row({
    client: 'goose',
    format: 'yaml',
    container: ['extensions'],
    paths: { user: [onWindows(inData('Block', 'goose', 'config', 'config.yaml'), inConfig('goose', 'config.yaml'))] },
    traces: onWindows(inData('Block', 'goose'), inConfig('goose')),
    references: 'none',
    timeoutUnitMs: 1000,
    shape: {
      url: 'uri',
      program: 'cmd',
      types: { stdio: 'stdio', http: 'streamable_http' },
      more: { name: 'clarity_gateway', enabled: true, timeout: 300 },
    },
    next: 'start a new Goose session',
  }),
  row({
    client: 'hermes',
    format: 'yaml',
    container: ['mcp_servers'],
    paths: { user: [inHome('.hermes', 'config.yaml')] },
    traces: inHome('.hermes'),
    references: 'shell',
    timeoutUnitMs: 1000,
    shape: { variable: shellReference },
    next: 'restart Hermes',
  }),
];
