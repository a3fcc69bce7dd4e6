/** A remote MCP service with oversized responses. `fork(url)` sends `{ url }`. Tools: `echo` and the oversized ones. */
import { Buffer } from 'node:buffer';
import { createServer } from 'node:http';
import process from 'node:process';
import { gzipSync } from 'node:zlib';

const MIB = 1024 * 1024;
const bomb = gzipSync(Buffer.alloc(200 * MIB));
const info = { protocolVersion: '2025-11-25', capabilities: { tools: {} }, serverInfo: { name: 'stub', version: '1' } };
const tool = (name) => ({ name, description: 'x'.repeat(80), inputSchema: { type: 'object' } });
const few = JSON.stringify({ tools: ['echo', 'bomb', 'body'].map(tool) });
const MANY = 100_000;
const PAGE = 5_000;
let hasMany = false;

/** Number of tools per page that keeps a response below the size limit. */
function page({ cursor = '0' } = {}) {
  const from = Number(cursor);
  const tools = Array.from({ length: PAGE }, (_, i) => tool(`tool_${String(from + i)}`));
  return JSON.stringify({ tools, ...(from + PAGE < MANY ? { nextCursor: String(from + PAGE) } : {}) });
}

function pour(response) {
  const chunk = Buffer.alloc(65_536, 0x78);
  let left = 64 * MIB;
  const go = () => {
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
}

const server = createServer((request, response) => {
  const parts = [];
  request.on('data', (part) => parts.push(part));
  request.on('end', () => {
    const { id, method, params } = parts.length === 0 ? {} : JSON.parse(Buffer.concat(parts).toString('utf8'));
    const head = { 'content-type': 'application/json', 'mcp-session-id': 'one' };
    const send = (result) =>
      response.writeHead(200, head).end(`{"jsonrpc":"2.0","id":${String(id)},"result":${result}}`);
    if (request.method === 'GET') response.writeHead(405).end();
    else if (id === undefined) response.writeHead(202).end();
    else if (method === 'initialize') send(JSON.stringify(info));
    else if (method === 'tools/list') send(hasMany ? page(params) : few);
    else if (params?.name === 'bomb') response.writeHead(200, { ...head, 'content-encoding': 'gzip' }).end(bomb);
    else if (params?.name === 'body') pour(response.writeHead(200, head));
    else send('{"content":[]}');
  });
});
process.on('message', () => {
  hasMany = true;
  process.send('many');
});
process.on('disconnect', () => process.exit(0));
server.listen(0, '127.0.0.1', () => process.send({ url: `http://127.0.0.1:${String(server.address().port)}/mcp` }));
