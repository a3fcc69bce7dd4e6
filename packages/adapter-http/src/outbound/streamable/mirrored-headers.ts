import { MODERN_REVISION, type McpRequest, type RawJson } from '@clarity-runtime/core';
import { strictMembers } from '@clarity-runtime/core/protocol';

/** Which member of `params` a modern request repeats in `Mcp-Name`. */
const NAMED_BY: ReadonlyMap<string, string> = new Map([
  ['tools/call', 'name'],
  ['prompts/get', 'name'],
  ['resources/read', 'uri'],
]);

/** What a tool wants repeated: the argument and the last part of the header's name. */
type Mirrored = readonly (readonly [argument: string, header: string])[];

/** Headers of modern requests. It learns from the lists of tools which arguments are to be repeated. */
export class ParamHeaderCache {
  readonly #tools = new Map<string, Mirrored>();

  /** Reads the result of `tools/list`. */
  learn(result: RawJson): void {
    const { tools } = result.value as { tools?: unknown };
    if (!Array.isArray(tools)) return;
    for (const tool of tools as readonly unknown[]) {
      if (typeof tool !== 'object' || tool === null) continue;
      const { name, inputSchema } = tool as { name?: unknown; inputSchema?: unknown };
      if (typeof name === 'string') this.#remember(name, mirroredBy(inputSchema));
    }
  }

  of({ method, params }: McpRequest): Readonly<Record<string, string>> {
    const headers: Record<string, string> = { 'mcp-protocol-version': MODERN_REVISION, 'mcp-method': method };
    const name = params.get(NAMED_BY.get(method) ?? '')?.value;
    if (typeof name !== 'string') return headers;
    headers['mcp-name'] = encoded(name);
    const wanted = method === 'tools/call' ? this.#tools.get(name) : undefined;
    if (wanted === undefined) return headers;
    const args = strictMembers(params.get('arguments')?.bytes ?? new Uint8Array()) ?? new Map<string, RawJson>();
    for (const [argument, header] of wanted) {
      const text = textOf(args.get(argument));
      if (text !== undefined) headers[`mcp-param-${header.toLowerCase()}`] = encoded(text);
    }
    return headers;
  }

  #remember(name: string, mirrored: Mirrored): void {
    if (mirrored.length === 0) this.#tools.delete(name);
    else this.#tools.set(name, mirrored);
  }
}

function mirroredBy(schema: unknown): Mirrored {
  const { properties } = Object(schema) as { properties?: unknown };
  if (typeof properties !== 'object' || properties === null) return [];
  return Object.entries(properties).flatMap(([argument, property]) => {
    const header = (Object(property) as Record<string, unknown>)['x-mcp-header'];
    return typeof header === 'string' && /^[A-Za-z0-9-]{1,64}$/.test(header) ? [[argument, header] as const] : [];
  });
}

/** Text as it is, numbers and truth values as they were written; nothing else can be repeated. */
function textOf(argument: RawJson | undefined): string | undefined {
  if (argument === undefined) return undefined;
  const { value } = argument;
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? argument.text.trim() : undefined;
}

/** Printable ASCII without spaces at its ends travels as it is, everything else in base64. */
const encoded = (text: string): string =>
  /^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/.test(text) && !text.startsWith('=?')
    ? text
    : `=?base64?${Buffer.from(text, 'utf8').toString('base64')}?=`;
