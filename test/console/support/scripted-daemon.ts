import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readFiles, type ServedFile } from './served-files.ts';
import { detailReply } from './scripted-replies.ts';
import type { ScriptedState } from './scripted-state.ts';

/** A request that the page sent. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly body: string;
  readonly at: number;
}

/**
 * A server with the page and a scripted API: states that a real daemon reaches too slowly or too rarely, such as a thousand
 * services, twenty problems and hostile texts. The files and headers of the page are those of the daemon.
 */
export class ScriptedDaemon implements AsyncDisposable {
  readonly seen: SeenRequest[] = [];
  state: ScriptedState;
  /** Path prefix below which everything is served. */
  readonly prefix: string;
  /** Paths that are refused with 500. */
  readonly broken = new Set<string>();
  #isSignedOut = false;
  #server: Server;
  #port = 0;
  #streams = new Set<ServerResponse>();
  #cursor = 1;
  readonly #files: ReadonlyMap<string, ServedFile>;

  constructor(state: ScriptedState, pageFolder: string, prefix = '') {
    this.state = state;
    this.prefix = prefix;
    this.#files = readFiles(pageFolder);
    this.#server = createServer((req, res) => void this.#serve(req, res));
  }

  get url(): string {
    return `http://127.0.0.1:${String(this.#port)}${this.prefix}/status`;
  }

  async listen(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(this.#port, '127.0.0.1', resolve));
    this.#port = (this.#server.address() as AddressInfo).port;
    return this;
  }

  /** Ends all connections, as a killed daemon. `listen` brings it back on its port. */
  async kill(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    this.#server = createServer((req, res) => void this.#serve(req, res));
  }

  /** Ends the session: requests are refused with 401 until a token is sent. */
  signOut(): void {
    this.#isSignedOut = true;
    for (const stream of this.#streams) stream.destroy();
  }

  /** Sends an event to all open streams. */
  send(event: string, data: unknown): void {
    this.#cursor += 1;
    for (const stream of this.#streams)
      stream.write(`id: ${String(this.#cursor)}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  /** Count of the open streams. */
  get streams(): number {
    return this.#streams.size;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }

  async #serve(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const target = new URL(req.url ?? '/', 'http://localhost');
    if (!target.pathname.startsWith(this.prefix)) {
      res.writeHead(404).end();
      return;
    }
    const path = target.pathname.slice(this.prefix.length);
    const file = this.#files.get(path);
    if (file !== undefined) {
      res.writeHead(200, file.headers).end(file.body);
      return;
    }
    let body = '';
    for await (const chunk of req) body += String(chunk);
    this.seen.push({ method: req.method ?? '', path: `${path}${target.search}`, body, at: Date.now() });
    if (path === '/api/session' && req.method === 'POST') {
      this.#signIn(req, res);
      return;
    }
    if (this.#isSignedOut) {
      this.#json(res, { error: 'a token is needed', code: 'TOKEN_REQUIRED' }, 401);
      return;
    }
    if (this.broken.has(path)) {
      const refusal = { error: 'the store is not available', code: 'STORE_UNAVAILABLE', hint: 'check the disk' };
      this.#json(res, refusal, 500);
      return;
    }
    if (path === '/api/live') {
      this.#stream(res);
      return;
    }
    const reply = detailReply(this.state, path, target.searchParams, body, String(this.#cursor));
    if (reply === undefined) this.#json(res, { error: `no script for ${path}`, code: 'ROUTE_NOT_FOUND' }, 404);
    else this.#json(res, reply);
  }

  #signIn(req: IncomingMessage, res: ServerResponse): void {
    if (req.headers.authorization !== 'Bearer right') {
      this.#json(res, { error: 'wrong token', code: 'TOKEN_REQUIRED' }, 401);
      return;
    }
    this.#isSignedOut = false;
    this.#json(res, { page: 'half' });
  }

  #stream(res: ServerResponse): void {
    res.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    res.write(`event: beat\ndata: {"at":"${new Date().toISOString()}"}\n\n`);
    this.#streams.add(res);
    const beat = setInterval(() => res.write(`event: beat\ndata: {}\n\n`), 10_000);
    res.on('close', () => {
      clearInterval(beat);
      this.#streams.delete(res);
    });
  }

  #json(res: ServerResponse, value: unknown, status = 200): void {
    // A raw text is sent as it is: integers keep their digits.
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    res.writeHead(status, { 'content-type': 'application/json' }).end(text);
  }
}
