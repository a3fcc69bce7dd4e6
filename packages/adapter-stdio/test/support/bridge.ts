import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PassThrough } from 'node:stream';
import { serveStdioBridge, type StdioBridgeLimits } from '../../src/index.ts';

export interface Message {
  readonly id?: string | number | null;
  readonly method?: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly code: number; readonly message: string };
}

export interface Posted {
  readonly message: Message;
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
}

export interface BridgeOptions {
  /** Handles a POST in place of the daemon. */
  readonly daemon?: (posted: Posted) => void;
  readonly get?: (req: IncomingMessage, res: ServerResponse) => void;
  readonly token?: string;
  readonly limits?: Partial<StdioBridgeLimits>;
  /** Closes the port before the bridge starts. */
  readonly down?: boolean;
}

export interface Bridge extends AsyncDisposable {
  readonly input: PassThrough;
  readonly output: PassThrough;
  readonly logged: string[];
  readonly ended: Promise<void>;
  /** Each write to the output as one element. */
  readonly writes: string[];
  say(message: unknown): void;
  /** Resolves with the next message of the output. */
  next(): Promise<Message>;
}

/** Sends a JSON response. */
export function answer(
  { res }: Pick<Posted, 'res'>,
  value: unknown,
  headers: Record<string, string> = {},
  status = 200,
): void {
  res.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(value));
}

export async function startBridge(options: BridgeOptions): Promise<Bridge> {
  const server = createServer((req, res) => void serve(options, req, res));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  if (options.down === true) await new Promise((resolve) => server.close(resolve));
  const input = new PassThrough();
  const output = new PassThrough();
  const writes: string[] = [];
  const waiting: ((message: Message) => void)[] = [];
  const messages: Message[] = [];
  output.on('data', (chunk: Buffer) => {
    writes.push(chunk.toString());
    for (const line of chunk.toString().trimEnd().split('\n')) {
      const message = JSON.parse(line) as Message;
      const resolveNext = waiting.shift();
      if (resolveNext === undefined) messages.push(message);
      else resolveNext(message);
    }
  });
  const logged: string[] = [];
  const ended = serveStdioBridge({
    input,
    output,
    endpoint: new URL(`http://127.0.0.1:${String(port)}/mcp`),
    log: (line) => void logged.push(line),
    ...(options.token === undefined ? {} : { token: options.token }),
    ...(options.limits === undefined ? {} : { limits: options.limits }),
  });
  return {
    input,
    output,
    logged,
    writes,
    ended,
    say: (message) => input.write(`${JSON.stringify(message)}\n`),
    next: () => {
      const message = messages.shift();
      return message === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(message);
    },
    [Symbol.asyncDispose]: async () => {
      output.destroy();
      await ended;
      if (!server.listening) return;
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function serve({ daemon, get }: BridgeOptions, req: IncomingMessage, res: ServerResponse): Promise<void> {
  if (req.method !== 'POST') {
    if (get === undefined) res.writeHead(405).end();
    else get(req, res);
    return;
  }
  let body = '';
  for await (const chunk of req) body += String(chunk);
  daemon?.({ message: JSON.parse(body) as Message, req, res });
}
