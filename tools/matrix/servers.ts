/** A call whose result is the same each time and changes nothing outside the folder of the run. */
export interface SafeCall {
  readonly tool: string;
  readonly args: Readonly<Record<string, unknown>>;
}

/** An MCP server of npm that starts without a key. */
export interface MatrixServer {
  readonly name: string;
  readonly version: string;
  /** Name of the program; the only one of the package if absent. */
  readonly bin?: string;
  /** Arguments of the program. `{folder}` is an empty folder of the run. */
  readonly args?: readonly string[];
  readonly calls?: readonly SafeCall[];
}

const app = (name: string): MatrixServer => ({
  name: `@modelcontextprotocol/server-${name}`,
  version: '2.0.3',
  args: ['--stdio'],
});

export const EVERYTHING: MatrixServer = {
  name: '@modelcontextprotocol/server-everything',
  version: '2026.8.31',
  args: ['stdio'],
  calls: [
    { tool: 'echo', args: { message: 'größe \u{1f642} 9007199254740993' } },
    { tool: 'get-sum', args: { a: 2, b: 0.1 } },
    { tool: 'get-tiny-image', args: {} },
    { tool: 'get-annotated-message', args: { messageType: 'error', includeImage: true } },
    { tool: 'get-structured-content', args: { location: 'New York' } },
    { tool: 'get-resource-links', args: { count: 3 } },
    { tool: 'get-sum', args: { a: 'two' } },
  ],
};

/** Programs of `EVERYTHING` for the HTTP transports, with the path of their endpoint. */
export const HTTP_TRANSPORTS = [
  { transport: 'sse_http', argument: 'sse', path: '/sse' },
  { transport: 'streamable_http', argument: 'streamableHttp', path: '/mcp' },
] as const;

/** Servers over stdio. Package versions are exact: the matrix is repeatable. */
export const SERVERS: readonly MatrixServer[] = [
  EVERYTHING,
  {
    name: '@modelcontextprotocol/server-memory',
    version: '2026.8.31',
    calls: [
      { tool: 'read_graph', args: {} },
      { tool: 'search_nodes', args: { query: 'x' } },
      { tool: 'open_nodes', args: { names: [] } },
    ],
  },
  {
    name: '@modelcontextprotocol/server-filesystem',
    version: '2026.8.31',
    args: ['{folder}'],
    calls: [
      { tool: 'list_allowed_directories', args: {} },
      { tool: 'list_directory', args: { path: '{folder}' } },
      { tool: 'read_text_file', args: { path: '{folder}/note.txt' } },
      { tool: 'read_text_file', args: { path: '/etc/hostname' } },
    ],
  },
  {
    name: '@modelcontextprotocol/server-sequential-thinking',
    version: '2026.8.31',
    calls: [
      {
        tool: 'sequentialthinking',
        args: { thought: 'one', nextThoughtNeeded: false, thoughtNumber: 1, totalThoughts: 1 },
      },
    ],
  },
  { name: 'chrome-devtools-mcp', version: '1.11.0', bin: 'chrome-devtools-mcp' },
  { name: '@playwright/mcp', version: '0.0.83', args: ['--headless'] },
  { name: 'mongodb-mcp-server', version: '3.0.4' },
  { name: '@wonderwhy-er/desktop-commander', version: '0.2.52', bin: 'desktop-commander', args: ['--no-onboarding'] },
  { name: 'mcp-server-kubernetes', version: '4.1.7' },
  { name: '@upstash/context7-mcp', version: '4.1.1' },
  { name: '@notionhq/notion-mcp-server', version: '2.5.2' },
  { name: '@mui/mcp', version: '0.1.6' },
  { name: '@antv/mcp-server-chart', version: '0.9.10' },
  { name: '@eslint/mcp', version: '0.3.13' },
  { name: 'mcp-hello-world', version: '1.1.2' },
  { name: '@modelcontextprotocol/server-pdf', version: '2.0.4', args: ['--stdio'] },
  app('map'),
  app('threejs'),
  app('basic-react'),
  app('budget-allocator'),
  { name: 'duckduckgo-mcp-server', version: '0.1.2' },
  { name: 'mcp-mermaid', version: '0.4.1' },
  { name: '@cyanheads/git-mcp-server', version: '2.15.3' },
  { name: 'time-mcp', version: '1.0.6' },
  { name: '@kazuph/mcp-fetch', version: '1.6.3' },
  { name: 'mcp-fetch-server', version: '1.1.2' },
  { name: '@tokenizin/mcp-npx-fetch', version: '1.0.0' },
  { name: 'fetch-mcp', version: '0.0.5' },
  { name: '@wrtnlabs/calculator-mcp', version: '0.2.1' },
  { name: '@browsermcp/mcp', version: '0.1.3' },
  { name: 'shadcn', version: '4.23.1', args: ['mcp'] },
  { name: '@drawio/mcp', version: '1.6.1' },
];
