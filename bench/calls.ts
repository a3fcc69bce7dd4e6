import type { Load } from './harness/load.ts';

/** Returns the load of a modern `tools/call`. A response must contain the text `answer`. */
export function toolCall(url: string, name: string, args: object, answer: string): Omit<Load, 'calls' | 'connections'> {
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
      'mcp-method': 'tools/call',
      'mcp-name': name,
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: args, _meta } }),
    check: (status, body) => {
      if (status !== 200 || !body.includes(answer)) throw new Error(`${String(status)} ${body.slice(0, 300)}`);
    },
  };
}
