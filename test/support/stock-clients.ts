import { Client as ClientV2, StreamableHTTPClientTransport as TransportV2 } from '@modelcontextprotocol/client';
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js';
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

/** What every stock client can do, whatever it speaks underneath. */
export interface StockClient {
  list(): Promise<readonly ListedTool[]>;
  /** Progress is asked for when somebody listens. Rejects with the error that the endpoint answered. */
  call(name: string, args: Record<string, unknown>, onprogress?: (progress: Progress) => void): Promise<CalledTool>;
  close(): Promise<void>;
}

const me = { name: 'stock', version: '1.0.0' };

async function v2(url: string, mode: 'auto' | 'legacy' | { pin: string }): Promise<StockClient> {
  const client = new ClientV2(me, { versionNegotiation: { mode } });
  await client.connect(new TransportV2(new URL(url)));
  return {
    list: async () => (await client.listTools()).tools,
    call: async (name, args, onprogress) =>
      await client.callTool({ name, arguments: args }, onprogress === undefined ? {} : { onprogress }),
    close: () => client.close(),
  };
}

async function v1(url: string): Promise<StockClient> {
  const client = new ClientV1(me);
  // The transport's own declarations do not follow exactOptionalPropertyTypes.
  await client.connect(new TransportV1(new URL(url)));
  return {
    list: async () => (await client.listTools()).tools,
    call: async (name, args, onprogress) => {
      const options = onprogress === undefined ? {} : { onprogress };
      return (await client.callTool({ name, arguments: args }, undefined, options)) as CalledTool;
    },
    close: () => client.close(),
  };
}

export const stockClients: readonly (readonly [string, (url: string) => Promise<StockClient>])[] = [
  ['SDK v2 pinned to 2026-07-28', (url) => v2(url, { pin: '2026-07-28' })],
  ['SDK v2 that finds out the era', (url) => v2(url, 'auto')],
  ['SDK v2 pinned to the legacy era', (url) => v2(url, 'legacy')],
  ['SDK v1', v1],
];

/** One of them, for whoever does not care which. */
export const connectStock = (url: string): Promise<StockClient> => v2(url, { pin: '2026-07-28' });
