import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { bodyOf, json } from './server-quirks.ts';

/** The scopes and the audience of an access token. */
export interface CheckedToken {
  readonly scope: string;
  readonly resource: string | undefined;
}

/** Checks a bearer token; undefined for a token that is not valid. */
export type TokenCheck = (token: string) => CheckedToken | undefined | Promise<CheckedToken | undefined>;

/** Behaviors of an MCP server that wants a login. A test changes them while the server runs. */
export interface ProtectedQuirks {
  path: string;
  /** Header `WWW-Authenticate` of a 401. */
  challenge: 'full' | 'bare' | 'absent';
  /** Where the metadata of the resource is. */
  metadata: 'inserted' | 'root' | 'elsewhere' | 'absent';
  resource: string | undefined;
  issuers: readonly string[];
  scopes: readonly string[] | undefined;
  /** Requests without a token are accepted, except calls. */
  anonymous: boolean;
  /** Scope that calls need. */
  callScope: string | undefined;
  /** Refuses every token of calls, with this header. */
  refusesCalls: string | undefined;
  /** A call is answered when this has resolved. */
  answersAfter: Promise<unknown> | undefined;
}

/** An MCP server (2025-06-18, JSON responses, no session) that accepts the tokens of `check` only. */
export class ProtectedServer implements AsyncDisposable {
  readonly quirks: ProtectedQuirks;
  /** Tokens of the requests, in order; empty without one. */
  readonly tokens: string[] = [];
  /** Methods of the accepted requests. */
  readonly methods: string[] = [];
  unauthorizedCount = 0;
  readonly #server: Server;
  readonly #check: TokenCheck;
  origin = '';

  private constructor(check: TokenCheck, quirks: Partial<ProtectedQuirks>) {
    this.#check = check;
    this.quirks = {
      path: '/mcp',
      challenge: 'full',
      metadata: 'inserted',
      resource: undefined,
      issuers: [],
      scopes: undefined,
      anonymous: false,
      callScope: undefined,
      refusesCalls: undefined,
      answersAfter: undefined,
      ...quirks,
    };
    this.#server = createServer((request, response) => {
      void this.#answer(request, response);
    });
  }

  static async start(check: TokenCheck, quirks: Partial<ProtectedQuirks> = {}): Promise<ProtectedServer> {
    const server = new ProtectedServer(check, quirks);
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve));
    server.origin = `http://127.0.0.1:${String((server.#server.address() as AddressInfo).port)}`;
    return server;
  }

  get endpoint(): string {
    return `${this.origin}${this.quirks.path}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  get #metadataPath(): string | undefined {
    const { metadata, path } = this.quirks;
    const places = {
      inserted: `/.well-known/oauth-protected-resource${path}`,
      root: '/.well-known/oauth-protected-resource',
      elsewhere: '/metadata/of/resource',
      absent: undefined,
    };
    return places[metadata];
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '/', this.origin);
    const body = await bodyOf(request);
    const { resource = this.endpoint, issuers, scopes, path } = this.quirks;
    if (pathname === this.#metadataPath) {
      json(response, 200, { resource, authorization_servers: issuers, scopes_supported: scopes });
      return;
    }
    if (pathname !== path) {
      json(response, 404, {});
      return;
    }
    const message = (body === '' ? {} : JSON.parse(body)) as {
      id?: unknown;
      method?: string;
      params?: { name?: string };
    };
    const token = (request.headers.authorization ?? '').replace(/^Bearer /, '');
    this.tokens.push(token);
    const isCall = message.method === 'tools/call';
    const found = token === '' ? undefined : await this.#check(token);
    const isAllowed = found !== undefined || (this.quirks.anonymous && token === '' && !isCall);
    const refusal = isCall ? this.quirks.refusesCalls : undefined;
    if (!isAllowed || refusal !== undefined) {
      this.unauthorizedCount += 1;
      const challenge = refusal ?? this.#challenge(token);
      response.writeHead(401, challenge === undefined || challenge === '' ? {} : { 'www-authenticate': challenge });
      response.end();
      return;
    }
    const { callScope } = this.quirks;
    if (isCall && callScope !== undefined && found?.scope.split(' ').includes(callScope) !== true) {
      response.writeHead(403, { 'www-authenticate': `Bearer error="insufficient_scope", scope="${callScope}"` });
      response.end();
      return;
    }
    if (request.method !== 'POST') {
      response.writeHead(405);
      response.end();
      return;
    }
    this.methods.push(message.method ?? '');
    if (message.id === undefined) {
      response.writeHead(202);
      response.end();
      return;
    }
    if (isCall) await this.quirks.answersAfter;
    json(response, 200, { jsonrpc: '2.0', id: message.id, ...result(message) });
  }

  #challenge(token: string): string | undefined {
    const { challenge } = this.quirks;
    if (challenge === 'absent') return undefined;
    const error = token === '' ? '' : ', error="invalid_token"';
    if (challenge === 'bare' || this.#metadataPath === undefined) return `Basic realm="x", Bearer realm="mcp"${error}`;
    return `Bearer resource_metadata="${this.origin}${this.#metadataPath}"${error}`;
  }
}

function result({ method, params }: { method?: string; params?: { name?: string } }): object {
  switch (method) {
    case 'initialize':
      return {
        result: {
          protocolVersion: '2025-06-18',
          capabilities: { tools: {} },
          serverInfo: { name: 'protected', version: '1.0.0' },
        },
      };
    case 'ping':
      return { result: {} };
    case 'tools/list':
      return { result: { tools: [{ name: 'echo', inputSchema: { type: 'object' } }] } };
    case 'tools/call':
      return { result: { content: [{ type: 'text', text: `called ${params?.name ?? ''}` }] } };
    default:
      return { error: { code: -32601, message: 'method not found' } };
  }
}
