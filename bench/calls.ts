import type { Load } from './harness/load.ts';

/** Returns the load of a modern `tools/call`. A response must contain the text `answer`. */
export function toolCall(url: string, name: string, args: object, answer: string): Omit<Load, 'calls' | 'connections'> {
  const call = modernRequest(url, 'tools/call', { name, arguments: args }, answer);
  return { ...call, headers: { ...call.headers, 'mcp-name': name } };
}

/** Returns the load of a modern request. A response must contain the text `answer`. */
export function modernRequest(
  url: string,
  method: string,
  params: object,
  answer: string,
): Omit<Load, 'calls' | 'connections'> {
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientCapabilities': {},
    'io.modelcontextprotocol/clientInfo': { name: 'bench', version: '1.0.0' },
  };
  return {
    url,
    headers: {
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': method,
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: { ...params, _meta } }),
    check: (status, body) => {
      if (status !== 200 || !body.includes(answer)) throw new Error(`${String(status)} ${body.slice(0, 300)}`);
    },
  };
}

/** Opens a legacy session (MCP 2025-11-25) and returns the load of a `tools/call` in it. */
export async function openSession(
  url: string,
  name: string,
  args: object,
  answer: string,
): Promise<Omit<Load, 'calls' | 'connections'>> {
  const accept = 'application/json, text/event-stream';
  const clientInfo = { name: 'bench', version: '1.0.0' };
  const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo };
  const opened = await fetch(url, {
    method: 'POST',
    headers: { accept, 'content-type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 0, method: 'initialize', params }),
  });
  await opened.text();
  const session = {
    'mcp-session-id': opened.headers.get('mcp-session-id') ?? '',
    'mcp-protocol-version': '2025-11-25',
  };
  const headers = { accept, ...session };
  const body = JSON.stringify({ jsonrpc: '2.0', method: 'notifications/initialized' });
  await fetch(url, { method: 'POST', headers: { ...headers, 'content-type': 'application/json' }, body });
  const call = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: args } };
  return { ...toolCall(url, name, args, answer), headers, body: JSON.stringify(call) };
}
