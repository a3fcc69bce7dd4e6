import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { RemoteService } from './remote-services.ts';

export interface RecordingProxy extends RemoteService {
  /** All received bytes: heads and bodies. */
  received(): string;
}

/** A proxy that records requests to a service. It refuses a call with the word `reflect` and returns its headers. */
export async function recordingProxy(upstream: RemoteService): Promise<RecordingProxy> {
  const seen: string[] = [];
  const server = createServer((req, res) => {
    const serve = async (): Promise<unknown> => {
      const body = await bodyOf(req);
      seen.push(JSON.stringify([req.method, req.url, req.rawHeaders]), body);
      if (body.includes('reflect')) {
        const { id } = JSON.parse(body) as { id: unknown };
        const error = { code: -32_000, message: `denied: ${JSON.stringify(req.headers)}`, data: req.headers };
        res.setHeader('content-type', 'application/json');
        return res.end(JSON.stringify({ jsonrpc: '2.0', id, error }));
      }
      const headers = Object.entries(req.headers).filter(([name]) => !/^(host|connection|content-length)$/.test(name));
      const answer = await fetch(upstream.url, {
        method: req.method ?? 'GET',
        headers: headers as [string, string][],
        ...(body === '' ? {} : { body }),
      });
      for (const name of ['content-type', 'mcp-session-id']) {
        const value = answer.headers.get(name);
        if (value !== null) res.setHeader(name, value);
      }
      res.writeHead(answer.status);
      return res.end(await answer.text());
    };
    // The service closes before its proxy, and ends the open streams.
    serve().catch(() => res.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${String(port)}/mcp`,
    received: () => seen.join('\n'),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function bodyOf(req: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of req) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
}
