import { connect, type Socket } from 'node:net';

export interface RawAnswer {
  /** 0 if the server closed without a response. */
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
  /** All received bytes as text. */
  readonly text: string;
}

type Pairs = readonly (readonly [string, string])[];

const isPairs = (headers: NonNullable<RawRequest['headers']>): headers is Pairs => Array.isArray(headers);

export interface RawRequest {
  readonly method?: string;
  readonly target?: string;
  readonly headers?: Readonly<Record<string, string>> | Pairs;
  readonly body?: string | Uint8Array;
}

/** Sends one request unchanged, with the lengths that its body needs. Resolves when the connection closes. */
export function raw(port: number, { method = 'GET', target = '/api/status', headers = {}, body }: RawRequest) {
  const given = isPairs(headers) ? headers : Object.entries(headers);
  const length = body === undefined ? [] : [['Content-Length', String(Buffer.byteLength(body))] as const];
  const lines = [...given, ...length, ['Connection', 'close'] as const].map(([name, value]) => `${name}: ${value}`);
  return sendBytes(port, [`${method} ${target} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`, body ?? '']);
}

/** Writes the parts in order and reads until the server closes. */
export async function sendBytes(port: number, parts: readonly (string | Uint8Array)[]): Promise<RawAnswer> {
  const socket = open(port);
  for (const part of parts) socket.write(part);
  return parseAnswer(await readToEnd(socket));
}

export function open(port: number): Socket {
  // The server may reset the connection during a write. The bytes before it are the response.
  return connect({ port, host: '127.0.0.1' }).on('error', () => undefined);
}

export async function readToEnd(socket: Socket): Promise<string> {
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
  });
  await new Promise((resolve) => socket.once('close', resolve));
  return Buffer.concat(chunks).toString('latin1');
}

export function parseAnswer(text: string): RawAnswer {
  const end = text.indexOf('\r\n\r\n');
  const [first = '', ...lines] = text.slice(0, Math.max(0, end)).split('\r\n');
  const headers = lines.map((line) => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const;
  });
  return {
    status: Number(first.split(' ')[1] ?? 0),
    headers: new Map(headers),
    body: end < 0 ? '' : text.slice(end + 4),
    text,
  };
}
