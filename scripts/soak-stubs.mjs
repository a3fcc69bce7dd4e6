/**
 * Remote MCP services for the soaks in one process: `fork(url, [count, sick])`. Sends `{ urls }` when they listen.
 * Of the first `3 * sick` services a third hangs in calls, a third sends garbage, a third dies and restarts after 500 ms.
 */
import { Buffer } from 'node:buffer';
import { createServer } from 'node:http';
import process from 'node:process';
import { setTimeout } from 'node:timers';

const [count = 0, sick = 0] = process.argv.slice(2).map(Number);
/** Duration of a call of a healthy service in milliseconds. */
const OWN_MS = 5;
const AWAY_MS = 500;
const info = { protocolVersion: '2025-11-25', capabilities: { tools: {} }, serverInfo: { name: 'stub', version: '1' } };
const echo = { name: 'echo', inputSchema: { type: 'object' }, annotations: { readOnlyHint: true } };

const kindOf = (i) => (i >= 3 * sick ? 'healthy' : ['hangs', 'garbage', 'dies'][i % 3]);
const send = (response, id, result) => {
  response.writeHead(200, { 'content-type': 'application/json', 'mcp-session-id': 'one' });
  response.end(JSON.stringify({ jsonrpc: '2.0', id, result }));
};

function call(kind, { id, params }, response, die) {
  if (kind === 'hangs') return;
  if (kind === 'dies') die();
  else if (kind === 'garbage') response.writeHead(200, { 'content-type': 'application/json' }).end('{"jsonrpc":[[[');
  else {
    setTimeout(() => {
      send(response, id, { content: [{ type: 'text', text: String(params.arguments?.text) }] });
    }, OWN_MS);
  }
}

function stub(i) {
  const kind = kindOf(i);
  let port = 0;
  const server = createServer((request, response) => {
    const parts = [];
    request.on('data', (part) => parts.push(part));
    request.on('end', () => {
      const message = parts.length === 0 ? {} : JSON.parse(Buffer.concat(parts).toString('utf8'));
      if (request.method === 'GET') response.writeHead(405).end();
      else if (message.id === undefined) response.writeHead(202).end();
      else if (message.method === 'initialize') send(response, message.id, info);
      else if (message.method === 'tools/list') send(response, message.id, { tools: [echo] });
      else if (message.method === 'ping') send(response, message.id, {});
      else if (message.method === 'tools/call') call(kind, message, response, die);
      else response.writeHead(400).end();
    });
  });
  const die = () => {
    if (!server.listening) return;
    server.close();
    server.closeAllConnections();
    setTimeout(() => server.listen(port, '127.0.0.1'), AWAY_MS);
  };
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      ({ port } = server.address());
      resolve(`http://127.0.0.1:${String(port)}/mcp`);
    });
  });
}

process.on('disconnect', () => process.exit(0));
process.send({ urls: await Promise.all(Array.from({ length: count }, (_, i) => stub(i))), ownMs: OWN_MS });
