// Baseline of a proxied call on `undici`: reads a body, sends it to the target and answers with its body. Argument: URL.
import { Buffer } from 'node:buffer';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import process from 'node:process';
import { URL } from 'node:url';

const require = createRequire(new URL('../../packages/adapter-http/package.json', import.meta.url));
const { Pool } = require('undici');
const target = new URL(process.argv[2]);
const pool = new Pool(target.origin, { connections: 64, pipelining: 1 });
const FORWARDED = ['content-type', 'accept', 'mcp-protocol-version', 'mcp-method', 'mcp-name'];

const server = createServer((req, res) => {
  const chunks = [];
  req.on('data', (chunk) => chunks.push(chunk));
  req.on('end', () => {
    const headers = Object.fromEntries(
      FORWARDED.flatMap((name) => (name in req.headers ? [[name, req.headers[name]]] : [])),
    );
    const body = [];
    let status = 0;
    pool.dispatch(
      { method: 'POST', path: target.pathname, headers, body: Buffer.concat(chunks) },
      {
        onRequestStart: () => undefined,
        onResponseStart: (_controller, code) => (status = code),
        onResponseData: (_controller, chunk) => body.push(chunk),
        onResponseEnd: () => {
          const bytes = Buffer.concat(body);
          res.writeHead(status, { 'content-type': 'application/json', 'content-length': bytes.length });
          res.end(bytes);
        },
        onResponseError: () => res.destroy(),
      },
    );
  });
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`http://127.0.0.1:${server.address().port}/\n`));
