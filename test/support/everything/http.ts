import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTheWire } from './faithful-tools.ts';

/** A running fixture server with its URL. */
export interface Everything extends AsyncDisposable {
  readonly url: string;
}

export type Handle = (req: IncomingMessage, res: ServerResponse, body: unknown) => unknown;

/** Serves on a free loopback port. */
export async function serve(handle: Handle): Promise<Everything> {
  const server = createServer((req, res) => {
    if (!isLocal(req.headers.host) || (req.headers.origin !== undefined && !isLocal(req.headers.origin))) {
      sendJson(res, 403, rpcError(-32000, 'forbidden host or origin'));
      return;
    }
    rewrite(res);
    void bodyOf(req).then((body) => handle(req, res, body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${String(port)}/mcp`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export const sendJson = (res: ServerResponse, status: number, body: unknown): void => {
  res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
};

export const rpcError = (code: number, message: string, id: unknown = null): object => ({
  jsonrpc: '2.0',
  id,
  error: { code, message },
});

function isLocal(authority: string | undefined): boolean {
  const url = `http://${(authority ?? '').replace(/^https?:\/\//, '')}`;
  return URL.canParse(url) && ['localhost', '127.0.0.1', '[::1]'].includes(new URL(url).hostname);
}

/** Each chunk of a server contains one or more whole messages. */
function rewrite(res: ServerResponse): void {
  const written = (chunk: unknown): unknown =>
    typeof chunk === 'string' || chunk instanceof Uint8Array ? onTheWire(Buffer.from(chunk).toString('utf8')) : chunk;
  for (const name of ['write', 'end'] as const) {
    const given = res[name].bind(res) as (...args: unknown[]) => never;
    res[name] = (chunk?: unknown, ...more: unknown[]) => given(written(chunk), ...more);
  }
}

/** Returns undefined for invalid JSON. */
async function bodyOf(req: IncomingMessage): Promise<unknown> {
  if (req.method !== 'POST') return undefined;
  const parts: Buffer[] = [];
  for await (const part of req) parts.push(part as Buffer);
  try {
    return JSON.parse(Buffer.concat(parts).toString('utf8'));
  } catch {
    return undefined;
  }
}
