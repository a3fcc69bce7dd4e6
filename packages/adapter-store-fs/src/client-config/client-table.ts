import { inConfig, inHome, onWindows, inData } from './client-paths.ts';
import { isBootstrapRow, row, type BootstrapRow, type ClientRow } from './client-row.ts';
import { COMMON_CLIENTS } from './common-clients.ts';
import { FURTHER_CLIENTS } from './further-clients.ts';

/** Products whose servers can be imported, but that `bootstrap` does not write. */
const READ_ONLY: readonly ClientRow[] = [
  row({
    client: 'openclaw',
    format: 'json5',
    container: ['mcp', 'servers'],
    paths: { user: [inHome('.openclaw', 'openclaw.json')] },
    traces: inHome('.openclaw'),
    references: 'shell',
    timeoutUnitMs: 1000,
    next: 'restart OpenClaw',
  }),
  row({
    client: 'continue',
    format: 'yaml',
    paths: { user: [inHome('.continue', 'config.yaml')] },
    traces: inHome('.continue'),
    references: 'none',
    next: 'restart Continue',
  }),
  row({
    client: 'antigravity',
    paths: { user: [inHome('.gemini', 'antigravity', 'mcp_config.json')] },
    traces: inHome('.gemini', 'antigravity'),
    references: 'none',
    next: 'restart Antigravity',
  }),
  row({
    client: '1mcp',
    paths: { user: [onWindows(inData('1mcp', 'mcp.json'), inConfig('1mcp', 'mcp.json'))] },
    traces: onWindows(inData('1mcp'), inConfig('1mcp')),
    references: 'shell',
    next: 'restart 1MCP',
  }),
  row({
    client: 'mcporter',
    paths: { user: [inHome('.mcporter', 'mcporter.json'), inHome('.mcporter', 'mcporter.jsonc')] },
    traces: inHome('.mcporter'),
    references: 'shell',
    next: 'nothing to do: mcporter reads its file at each start',
  }),
];

/** All known clients. `bootstrap` and `import` read the same rows. */
export const CLIENT_TABLE: readonly ClientRow[] = [...COMMON_CLIENTS, ...FURTHER_CLIENTS, ...READ_ONLY];

/** The clients that `bootstrap` configures. */
export const BOOTSTRAP_CLIENTS: readonly BootstrapRow[] = CLIENT_TABLE.filter(isBootstrapRow);

/** Names of the clients that `bootstrap` configures, in the order of its output. */
export const bootstrapClients: readonly string[] = BOOTSTRAP_CLIENTS.map(({ client }) => client);
