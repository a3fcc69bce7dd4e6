import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CliError } from '../support/cli-error.ts';

export interface RedirectPlace {
  readonly host: '127.0.0.1' | 'localhost';
  /** 0 or absent: a free port. */
  readonly port?: number | undefined;
  /** A port that is used if it is free. */
  readonly wanted?: number | undefined;
}

/** A listener of this machine for the redirect of one login (RFC 8252 §7.3). */
export interface RedirectListener {
  readonly redirectUri: string;
  /** Resolves with the query of the first request to the redirect URI. Rejects after `ms` milliseconds. */
  received(ms: number): Promise<string>;
  close(): void;
}

const PATH = '/callback';
const DONE = 'The login is complete. You can close this window and return to the terminal.';

/** @throws CliError when the port that was asked for cannot be used. */
export async function listenForRedirect({ host, port, wanted }: RedirectPlace): Promise<RedirectListener> {
  let resolve: (query: string) => void = () => undefined;
  const query = new Promise<string>((settle) => (resolve = settle));
  const answer = (target: string, response: ServerResponse): void => {
    const url = new URL(target, 'http://127.0.0.1');
    const isRedirect = url.pathname === PATH;
    // The page has no script and nothing of the request. The address with the code is not sent on as a referrer.
    response.writeHead(isRedirect ? 200 : 404, {
      'content-type': 'text/plain; charset=utf-8',
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      connection: 'close',
    });
    response.end(isRedirect ? DONE : 'Not found');
    if (isRedirect) resolve(url.search.slice(1));
  };
  const serve = (): Server =>
    createServer((request, response) => {
      answer(request.url ?? '/', response);
    });
  const first = await opened(serve(), '127.0.0.1', port, wanted);
  const bound = (first.address() as AddressInfo).port;
  // A browser may resolve `localhost` to ::1 first.
  const second = host === 'localhost' ? await bind(serve(), '::1', bound).catch(() => undefined) : undefined;
  const servers = second === undefined ? [first] : [first, second];
  const close = (): void => {
    for (const server of servers) {
      server.close();
      server.closeAllConnections();
    }
  };
  return {
    redirectUri: `http://${host}:${String(bound)}${PATH}`,
    received: (ms) => withinTime(query, ms),
    close,
  };
}

async function opened(server: Server, host: string, port: number | undefined, wanted: number | undefined) {
  if (port !== undefined && port !== 0) {
    return bind(server, host, port).catch((error: unknown) => {
      throw new CliError(`port ${String(port)} of ${host} cannot be used: ${codeOf(error)}`, {
        hint: 'end the program that has the port, or choose another one with --port',
      });
    });
  }
  if (wanted === undefined) return bind(server, host, 0);
  return bind(server, host, wanted).catch(() => bind(server, host, 0));
}

function bind(server: Server, host: string, port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve(server);
    });
  });
}

async function withinTime(query: Promise<string>, ms: number): Promise<string> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new CliError('no browser completed the login in time', { hint: 'start the login again' }));
    }, ms);
  });
  try {
    return await Promise.race([query, late]);
  } finally {
    clearTimeout(timer);
  }
}

const codeOf = (error: unknown): string => String((error as { readonly code?: unknown }).code ?? error);
