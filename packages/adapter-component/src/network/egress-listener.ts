import { Buffer } from 'node:buffer';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { isClarityError } from '@clarity-runtime/core';
import type { Egress, NetworkGrant } from '@clarity-runtime/core/ports';
import { NetworkSeal } from './network-seal.ts';
import { decodeMessage, encodeMessage, type ReplyHead, type EgressHead } from './message.ts';
import { refusalOfField, refusalOfRequest } from './request-rules.ts';

/** Maximum requests of all guests at once; further ones fail. */
const MAX_AT_ONCE = 64;
const MAX_HEAD_BYTES = 65_536;
/** A sealed grant has at most 64 hosts of 261 characters, in base64. */
const MAX_HEADER_BYTES = 65_536;

/** Where and with which grant a guest sends its requests. */
export interface EgressAddress {
  /** Path of the socket. */
  readonly socket: string;
  /** The grant, sealed. */
  readonly key: string;
}

/**
 * Receives the requests of guests and sends those that their grant allows. It listens on a socket in a folder of this user
 * (a pipe on Windows) from the first grant on. A guest cannot reach the socket by itself: its host thread does.
 */
export class EgressListener {
  readonly #egress: Egress;
  readonly #key = new NetworkSeal();
  #opened: Promise<{ readonly server: Server; readonly socket: string }> | undefined;
  #running = 0;
  #removeFolder = (): void => undefined;

  constructor(egress: Egress) {
    this.#egress = egress;
  }

  /** Returns the address of a grant. @throws the errors of the file system and of the socket. */
  async addressOf(grant: NetworkGrant): Promise<EgressAddress> {
    this.#opened ??= this.#open();
    this.#opened.catch(() => {
      this.#opened = undefined;
    });
    return { socket: (await this.#opened).socket, key: this.#key.seal(grant) };
  }

  async close(): Promise<void> {
    const opened = await this.#opened;
    this.#opened = undefined;
    opened?.server.close();
    opened?.server.closeAllConnections();
    this.#removeFolder();
    process.off('exit', this.#removeFolder);
  }

  async #open(): Promise<{ readonly server: Server; readonly socket: string }> {
    const server = createServer({ maxHeaderSize: MAX_HEADER_BYTES }, (request, response) => {
      this.#serve(request, response).catch(() => {
        response.destroy();
      });
    });
    server.on('connection', (socket) => socket.unref());
    const socket = await this.#place();
    server.listen(socket);
    await once(server, 'listening');
    server.unref();
    return { server, socket };
  }

  async #place(): Promise<string> {
    if (process.platform === 'win32') return `\\\\.\\pipe\\clarity-egress-${randomUUID()}`;
    const folder = await mkdtemp(join(tmpdir(), 'clarity-egress-'));
    this.#removeFolder = () => {
      rmSync(folder, { recursive: true, force: true });
    };
    process.once('exit', this.#removeFolder);
    return join(folder, 'socket');
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const grant = this.#key.open(String(request.headers['x-clarity-grant'] ?? ''));
    if (grant === undefined) {
      response.writeHead(403).end();
      return;
    }
    const gone = new AbortController();
    response.on('close', () => {
      gone.abort();
    });
    if (this.#running >= MAX_AT_ONCE) {
      response.end(encodeMessage({ type: 'failure', code: 'SERVICE_BUSY' }));
      return;
    }
    this.#running += 1;
    try {
      const bytes = await readAll(request, grant.maxBytes + MAX_HEAD_BYTES + 4);
      response.end(bytes === undefined ? TOO_LARGE : await this.#reply(grant, bytes, gone.signal));
    } finally {
      this.#running -= 1;
    }
  }

  async #reply(grant: NetworkGrant, bytes: Buffer, signal: AbortSignal): Promise<Buffer> {
    const { head, body } = decodeMessage(bytes);
    const { method, headers, hasBody, url: target } = head as EgressHead;
    const { maxBytes, timeoutMs } = grant;
    if (body.length > maxBytes) return TOO_LARGE;
    const url = new URL(target);
    const isRefused = headers.some(([name, value]) => refusalOfField(name, value) !== undefined);
    if (isRefused || refusalOfRequest(grant, method, url) !== undefined) return failure('ENDPOINT_FORBIDDEN');
    try {
      const sent = { method, url, headers, maxBytes, timeoutMs, ...(hasBody ? { body } : {}) };
      const { status, headers: received, body: content } = await this.#egress.send(sent, signal);
      return encodeMessage({ type: 'response', status, headers: received }, content);
    } catch (error) {
      return failure(isClarityError(error) ? error.code : 'INTERNAL');
    }
  }
}

const failure = (code: string): Buffer => encodeMessage({ type: 'failure', code } satisfies ReplyHead);
const TOO_LARGE = failure('PAYLOAD_TOO_LARGE');

async function readAll(request: IncomingMessage, maxBytes: number): Promise<Buffer | undefined> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request) {
    bytes += (part as Buffer).length;
    if (bytes > maxBytes) return undefined;
    parts.push(part as Buffer);
  }
  return Buffer.concat(parts);
}
