// Upstream of the proxied calls: a minimal MCP server of both eras that answers `tools/call` with a constant result.
// Arguments: `modern` or `legacy`, and `sse` for replies in event streams, or the number of its tools.
import { Buffer } from 'node:buffer';
import { createServer } from 'node:http';
import process from 'node:process';

const TOOL = { name: 'echo', inputSchema: { type: 'object', properties: { text: { type: 'string' } } } };
const modern = process.argv[2] === 'modern';
const isStream = process.argv[3] === 'sse';
const count = Number(process.argv[3]);
const more = Array.from({ length: Number.isInteger(count) ? count - 1 : 0 }, (_, i) => ({ ...TOOL, name: `tool${i}` }));
const capabilities = { tools: {} };
const serverInfo = { name: 'bench-upstream', version: '1.0.0' };
const done = modern ? { resultType: 'complete' } : {};

function resultOf({ method }) {
  switch (method) {
    case 'server/discover':
      return modern ? { ...done, supportedVersions: ['2026-07-28'], capabilities, serverInfo } : undefined;
    case 'initialize':
      return modern ? undefined : { protocolVersion: '2025-11-25', capabilities, serverInfo };
    case 'tools/list':
      return { ...done, tools: [TOOL, ...more] };
    case 'tools/call':
      return { ...done, content: [{ type: 'text', text: 'answered' }] };
    case 'ping':
      return {};
    default:
      return undefined;
  }
}

const server = createServer((req, res) => {
  const chunks = [];
  req.on('data', (chunk) => chunks.push(chunk));
  req.on('end', () => {
    if (req.method !== 'POST') {
      res.writeHead(405).end();
      return;
    }
    const message = JSON.parse(Buffer.concat(chunks).toString());
    if (message.id === undefined) {
      res.writeHead(202).end();
      return;
    }
    const result = resultOf(message);
    const reply = {
      jsonrpc: '2.0',
      id: message.id,
      ...(result ? { result } : { error: { code: -32601, message: 'no' } }),
    };
    const json = JSON.stringify(reply);
    const streams = isStream && message.method === 'tools/call';
    const text = streams ? `event: message\ndata: ${json}\n\n` : json;
    res.writeHead(result || !modern ? 200 : 404, {
      'content-type': streams ? 'text/event-stream' : 'application/json',
      'content-length': Buffer.byteLength(text),
    });
    res.end(text);
  });
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`http://127.0.0.1:${server.address().port}/mcp\n`));
