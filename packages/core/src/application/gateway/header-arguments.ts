import type { ToolDefinition } from '../../domain/interfaces/interface-snapshot.ts';

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const NONE: ReadonlyMap<string, string> = new Map();

/** The top-level arguments whose schema wants them repeated in a header, by the header's name in lower case. */
export function paramHeaders({ raw }: ToolDefinition): ReadonlyMap<string, string> {
  if (!raw.text.includes('x-mcp-header')) return NONE;
  const { inputSchema } = raw.value as { readonly inputSchema?: { readonly properties?: unknown } | null };
  const found = new Map<string, string>();
  for (const [argument, schema] of Object.entries(
    Object(inputSchema?.properties) as Readonly<Record<string, unknown>>,
  )) {
    const header = (Object(schema) as Readonly<Record<string, unknown>>)['x-mcp-header'];
    if (typeof header === 'string' && TOKEN.test(header)) found.set(header.toLowerCase(), argument);
  }
  return found;
}
