import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Tools that repeat the secrets of their request: as a result, a failed result, an error, a status and a redirect. */
export const TOOLS = ['echo', 'fail', 'rpc', 'status', 'move'];

/** A module of an MCP server on stdio that repeats its arguments and two variables in several encodings. */
export const CHILD_PROGRAM = `
import { createInterface } from 'node:readline';
const secrets = process.argv.slice(2).join(' ') + ' ' + process.env.SECRET + ' ' + process.env.TEXT;
const all = [secrets, encodeURIComponent(secrets), Buffer.from(secrets).toString('base64'), JSON.stringify(secrets)].join(' | ');
console.error('started with ' + all);
createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method, params } = JSON.parse(line);
  if (id === undefined) return;
  const reply = (body) => console.log(JSON.stringify({ jsonrpc: '2.0', id, ...body }));
  if (method === 'initialize') return reply({ result: { protocolVersion: params.protocolVersion, capabilities: { tools: {} }, serverInfo: { name: 'near', version: '1' }, instructions: all } });
  if (method === 'tools/list') return reply({ result: { tools: ['echo', 'fail', 'rpc'].map((name) => ({ name, description: all, inputSchema: { type: 'object' } })) } });
  console.error('called with ' + all);
  if (method !== 'tools/call' || params.name === 'rpc') return reply({ error: { code: -32000, message: all, data: all } });
  reply({ result: { isError: params.name === 'fail', content: [{ type: 'text', text: all }] } });
});
`;

export interface ReflectingUpstream {
  readonly url: string;
  readonly host: string;
  readonly received: () => string;
  close(): void;
}

/** An MCP server that repeats headers and query of each request in several encodings. */
export async function reflectingUpstream(): Promise<ReflectingUpstream> {
  let received = '';
  const server = createServer((req: IncomingMessage, res: ServerResponse) => {
    const chunks: Buffer[] = [];
    req.on('data', (chunk: Buffer) => chunks.push(chunk));
    req.on('end', () => {
      const query = [...new URL(req.url ?? '', 'http://h').searchParams.values()].join(' ');
      const sent = `${query} ${Object.values(req.headers).join(' ')}`;
      received += `${sent} `;
      const encodings = [sent, encodeURIComponent(sent), Buffer.from(sent).toString('base64'), JSON.stringify(sent)];
      const all = `${encodings.join(' | ')} ${Buffer.from(sent).toString('hex')}`;
      answer(res, Buffer.concat(chunks).toString(), all);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  return { url: `http://${host}/mcp`, host, received: () => received, close: () => server.close() };
}

function answer(res: ServerResponse, body: string, all: string): void {
  const { id, method, params } = (body === '' ? {} : JSON.parse(body)) as {
    id?: number;
    method?: string;
    params?: { name?: string; protocolVersion?: string };
  };
  const reply = (message: object, status = 200): void => {
    res
      .writeHead(status, { 'content-type': 'application/json' })
      .end(JSON.stringify({ jsonrpc: '2.0', id, ...message }));
  };
  const name = params?.name;
  if (id === undefined) res.writeHead(method === undefined ? 405 : 202).end();
  else if (method === 'initialize') {
    const serverInfo = { name: 'far', version: '1' };
    const { protocolVersion } = params ?? {};
    reply({ result: { protocolVersion, capabilities: { tools: {} }, serverInfo, instructions: all } });
  } else if (method === 'tools/list') {
    const inputSchema = { type: 'object' };
    reply({ result: { tools: TOOLS.map((tool) => ({ name: tool, description: all, inputSchema })) } });
  } else if (name === 'status') res.writeHead(500, { 'content-type': 'text/plain' }).end(all);
  else if (name === 'move') {
    res.writeHead(302, { location: `http://elsewhere.example/${encodeURIComponent(all.slice(0, 900))}` }).end();
  } else if (method !== 'tools/call' || name === 'rpc') reply({ error: { code: -32000, message: all, data: all } });
  else reply({ result: { isError: name === 'fail', content: [{ type: 'text', text: all }] } });
}
