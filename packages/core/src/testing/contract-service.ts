/** Behavior of the contract service for one request: notifications as JSON texts, then a reply or nothing. */
export interface ContractAnswer {
  readonly before: readonly string[];
  /** JSON text. A request without a result and an error gets no reply. */
  readonly result?: string;
  readonly error?: { readonly code: number; readonly message: string };
}

const TOOLS = ['echo', 'exact', 'fail', 'refuse', 'hang', 'count', 'bytes'] as const;

const text = (value: string): string => JSON.stringify({ content: [{ type: 'text', text: value }] });

/**
 * The service for `serviceConnectorContract`, without transport and handshake. A fixture passes each request to this function
 * and writes the result: the notifications and the reply in one chunk if the transport allows it.
 */
export function contractAnswer(method: string, params: unknown): ContractAnswer {
  const {
    name,
    arguments: args = {},
    _meta = {},
  } = params as {
    name?: unknown;
    arguments?: Record<string, unknown>;
    _meta?: Record<string, unknown>;
  };
  if (method === 'ping') return { before: [], result: '{}' };
  if (method === 'tools/list') {
    const repeatable = { annotations: { readOnlyHint: true } };
    const tools = TOOLS.map((name) => ({
      name,
      inputSchema: { type: 'object' },
      ...(name === 'echo' ? repeatable : {}),
    }));
    return { before: [], result: JSON.stringify({ tools }) };
  }
  if (method !== 'tools/call') return { before: [], error: { code: -32601, message: 'unknown method' } };
  const count = typeof args['n'] === 'number' ? args['n'] : 0;
  switch (name) {
    case 'echo':
      return { before: [], result: text(String(args['text'])) };
    case 'exact':
      return { before: [], result: '{"content":[],"structuredContent":{"n":9007199254740993}}' };
    case 'fail':
      return { before: [], result: '{"content":[{"type":"text","text":"no"}],"isError":true}' };
    case 'refuse':
      return { before: [], error: { code: -32602, message: 'refused' } };
    case 'hang':
      return { before: [] };
    case 'count': {
      const token = JSON.stringify(_meta['progressToken']);
      const steps = Array.from({ length: count }, (_, i) => `{"progressToken":${token},"progress":${String(i + 1)}}`);
      const before = steps.map((step) => `{"jsonrpc":"2.0","method":"notifications/progress","params":${step}}`);
      return { before, result: text(String(count)) };
    }
    case 'bytes':
      return { before: [], result: text('x'.repeat(count)) };
    default:
      return { before: [], error: { code: -32602, message: 'unknown tool' } };
  }
}
