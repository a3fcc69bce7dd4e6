import { Client as ClientV2, StreamableHTTPClientTransport as TransportV2 } from '@modelcontextprotocol/client';
import { StdioClientTransport as StdioV2 } from '@modelcontextprotocol/client/stdio';
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport as StdioV1 } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport as TransportV1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js';

export interface ListedTool {
  readonly name: string;
  readonly description?: string | undefined;
  readonly inputSchema: { readonly [member: string]: unknown };
  readonly outputSchema?: { readonly [member: string]: unknown } | undefined;
}

export interface CalledTool {
  readonly content: readonly { readonly type: string; readonly text?: string }[];
  readonly structuredContent?: unknown;
  readonly isError?: boolean | undefined;
}

export interface Progress {
  readonly progress: number;
  readonly total?: number | undefined;
  readonly message?: string | undefined;
}

/** Operations of every stock client, independent of its transport. */
export interface StockClient {
  list(): Promise<readonly ListedTool[]>;
  /** Requests progress if a listener is given. Rejects with the error of the endpoint. */
  call(name: string, args: Record<string, unknown>, onprogress?: (progress: Progress) => void): Promise<CalledTool>;
  close(): Promise<void>;
}

const me = { name: 'stock', version: '1.0.0' };

type Mode = 'auto' | 'legacy' | { pin: string };

async function v2(transport: Parameters<ClientV2['connect']>[0], mode: Mode): Promise<StockClient> {
  const client = new ClientV2(me, { versionNegotiation: { mode } });
  await client.connect(transport);
  return {
    list: async () => (await client.listTools()).tools,
    call: async (name, args, onprogress) =>
      await client.callTool({ name, arguments: args }, onprogress === undefined ? {} : { onprogress }),
    close: () => client.close(),
  };
}

async function v1(transport: Parameters<ClientV1['connect']>[0]): Promise<StockClient> {
  const client = new ClientV1(me);
  await client.connect(transport);
  return {
    list: async () => (await client.listTools()).tools,
    call: async (name, args, onprogress) => {
      const options = onprogress === undefined ? {} : { onprogress };
      return (await client.callTool({ name, arguments: args }, undefined, options)) as CalledTool;
    },
    close: () => client.close(),
  };
}

const httpV2 =
  (mode: Mode) =>
  (url: string, { token }: { readonly token?: string } = {}): Promise<StockClient> => {
    const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
    return v2(new TransportV2(new URL(url), { requestInit: { headers } }), mode);
  };

export const stockClients: readonly (readonly [string, (url: string) => Promise<StockClient>])[] = [
  ['SDK v2 pinned to 2026-07-28', httpV2({ pin: '2026-07-28' })],
  ['SDK v2 that finds out the era', httpV2('auto')],
  ['SDK v2 pinned to the legacy era', httpV2('legacy')],
  ['SDK v1', (url) => v1(new TransportV1(new URL(url)))],
];

/** Command with which a client starts the bridge. */
export interface Command {
  readonly command: string;
  readonly args: string[];
  readonly env: Record<string, string>;
  readonly cwd: string;
}

export const stdioClients: readonly (readonly [string, (command: Command) => Promise<StockClient>])[] = [
  ['SDK v2 pinned to 2026-07-28', (command) => v2(new StdioV2(command), { pin: '2026-07-28' })],
  ['SDK v2 that finds out the era', (command) => v2(new StdioV2(command), 'auto')],
  ['SDK v2 pinned to the legacy era', (command) => v2(new StdioV2(command), 'legacy')],
  ['SDK v1', (command) => v1(new StdioV1(command))],
];

/** One stock client, for tests that need any of them. */
export const connectStock = httpV2({ pin: '2026-07-28' });
