import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { event, json, stream, type Handle } from './mcp-upstream.ts';

/** Bytes of the huge responses. */
export const HUGE = 64 * 1024 * 1024;

type Fault = (response: ServerResponse, id: unknown, authorization: string) => void;

const everyTick = (response: ServerResponse, write: () => void): void => {
  const timer = setInterval(write, 20);
  response.on('close', () => {
    clearInterval(timer);
  });
};

const pour = (response: ServerResponse): void => {
  const chunk = Buffer.alloc(65_536, 0x78);
  let left = HUGE;
  const go = (): void => {
    while (left > 0 && !response.destroyed) {
      left -= chunk.length;
      if (!response.write(chunk)) {
        response.once('drain', go);
        return;
      }
    }
    response.end();
  };
  go();
};

const jsonHead = { 'content-type': 'application/json' };
const rpc = (id: unknown, rest: object): object => ({ jsonrpc: '2.0', id, ...rest });
const content = { content: [{ type: 'text', text: 'x' }] };
const deep = (depth: number): string => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;

/** Faults of one response, by name. */
export const FAULTS = {
  hang: () => undefined,
  hanghead: (response) => {
    response.writeHead(200, jsonHead).flushHeaders();
  },
  drip: (response) => {
    response.writeHead(200, jsonHead);
    everyTick(response, () => response.write(' '));
  },
  ssedrip: (response) => {
    stream(response);
    everyTick(response, () => response.write(': ping\n\n'));
  },
  hugecl: (response) => {
    response.writeHead(200, { ...jsonHead, 'content-length': String(HUGE) });
    pour(response);
  },
  hugechunk: (response) => {
    response.writeHead(200, jsonHead);
    pour(response);
  },
  hugeevent: (response) => {
    stream(response).write('data: ');
    pour(response);
  },
  gzip: (response, id) => {
    const body = gzipSync(JSON.stringify(rpc(id, { result: { content: 'x'.repeat(4_000_000) } })));
    response.writeHead(200, { ...jsonHead, 'content-encoding': 'gzip' }).end(body);
  },
  badjson: (response) => {
    json(response, 200, '{"jsonrpc":"2.0","id":');
  },
  empty: (response) => {
    json(response, 200, '');
  },
  accepted: (response) => response.writeHead(202).end(),
  jnull: (response) => {
    json(response, 200, 'null');
  },
  html: (response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>hello</html>'),
  arr: (response, id) => {
    json(response, 200, [rpc(id, { result: content })]);
  },
  wrongid: (response) => {
    json(response, 200, rpc(424_242, { result: content }));
  },
  textid: (response, id) => {
    json(response, 200, rpc(String(id), { result: content }));
  },
  noresult: (response, id) => {
    json(response, 200, rpc(id, {}));
  },
  scalarresult: (response, id) => {
    json(response, 200, rpc(id, { result: 7 }));
  },
  both: (response, id) => {
    json(response, 200, rpc(id, { result: content, error: { code: 1, message: 'x' } }));
  },
  twice: (response, id) => {
    json(response, 200, `{"jsonrpc":"2.0","id":${String(id)},"result":{},"result":{"a":1}}`);
  },
  reset: (response) => response.socket?.resetAndDestroy(),
  cut: (response) => {
    response.writeHead(200, { ...jsonHead, 'content-length': '100' });
    response.write('{"jsonrpc"');
    setImmediate(() => response.destroy());
  },
  nothing: (response) => {
    stream(response).end();
  },
  deepresult: (response, id) => {
    json(response, 200, `{"jsonrpc":"2.0","id":${String(id)},"result":${deep(20_000)}}`);
  },
  ansi: (response, id) => {
    const message = `\u001b[2J\u0007\nFAKE LINE\u202e${'A'.repeat(20_000)}`;
    json(response, 200, rpc(id, { error: { code: -32000, message, data: { note: 'kept' } } }));
  },
  fakelog: (response) => response.writeHead(500).end('\r\nFAKE LOG LINE\u001b[31m'),
  reflect401: (response, _, authorization) => response.writeHead(401).end(`no: ${authorization}`),
  reflectrpc: (response, id, authorization) => {
    json(response, 200, rpc(id, { error: { code: -32000, message: authorization, data: { authorization } } }));
  },
  polluting: (response, id) => {
    json(response, 200, `{"jsonrpc":"2.0","id":${String(id)},"result":{"__proto__":{"polluted":1},"content":[]}}`);
  },
  asks: (response, id) => {
    const asked = { jsonrpc: '2.0', id: 'a', method: 'sampling/createMessage', params: {} };
    const cancelled = { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 'nobody' } };
    stream(response).end(event(asked) + event(cancelled) + event(rpc(id, { result: content })));
  },
} satisfies Record<string, Fault>;

export type FaultName = keyof typeof FAULTS;

/** Returns a handler that answers tool calls with the fault and everything else correctly. */
export const failing =
  (name: () => FaultName | undefined): Handle =>
  ({ method, id, headers }, response) => {
    const fault = name();
    if (method !== 'tools/call' || fault === undefined) return false;
    FAULTS[fault](response, id, String(headers.authorization));
    return true;
  };
