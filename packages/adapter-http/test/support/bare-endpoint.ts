import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { embeddedCaller } from '@clarity-runtime/core';
import type { McpGateway } from '@clarity-runtime/core/ports';
import { mcpEndpoint } from '../../src/index.ts';

export interface BareEndpoint {
  readonly url: string;
  [Symbol.asyncDispose](): Promise<void>;
}

/** The endpoint in a plain HTTP server, without the guard of the daemon. */
export async function bareEndpoint(
  gateway: McpGateway,
  options: Parameters<typeof mcpEndpoint>[1],
): Promise<BareEndpoint> {
  const endpoint = mcpEndpoint(gateway, options);
  const server = createServer((req, res) => {
    const chunks: Buffer[] = [];
    req.on('data', (chunk: Buffer) => chunks.push(chunk));
    req.on('end', () => {
      void endpoint.handle(req, res, Buffer.concat(chunks), { caller: embeddedCaller });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
