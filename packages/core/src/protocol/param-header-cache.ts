import { MODERN_REVISION, type McpRequest } from '../domain/mcp/mcp.ts';
import type { RawJson } from '../domain/json/raw-json.ts';
import {
  encodeHeaderValue,
  headerTextOf,
  NAME_PARAM_OF_METHOD,
  PARAM_HEADER_PREFIX,
  readHeaderArguments,
  scanParamHeaders,
  type ParamHeader,
} from '../domain/mcp/param-headers.ts';
import { RecentTexts } from './recent-texts.ts';

/** Tools with parameter headers that one connection remembers; further tools send none. */
const MAX_CACHED_TOOLS = 10_000;

/** Headers of modern requests over HTTP. The parameter headers come from the tool lists that the connection has seen. */
export class ParamHeaderCache {
  readonly #tools = new Map<string, readonly ParamHeader[]>();
  /** Headers of calls of tools without parameter headers, by name: the same object for each call. */
  readonly #plain = new RecentTexts<Readonly<Record<string, string>>>(256, 256);

  /** Reads the result of `tools/list`. A definition with an invalid annotation gets no parameter headers. */
  learn(result: RawJson): void {
    this.#plain.clear();
    const { tools } = result.value as { readonly tools?: unknown };
    if (!Array.isArray(tools)) return;
    for (const tool of tools as readonly unknown[]) {
      const { name, inputSchema } = Object(tool) as { readonly name?: unknown; readonly inputSchema?: unknown };
      if (typeof name === 'string') this.#remember(name, inputSchema);
    }
  }

  /** Returns `MCP-Protocol-Version`, `Mcp-Method`, `Mcp-Name` and the parameter headers of a request, in lower case. */
  headersOf({ method, params }: McpRequest, revision: string = MODERN_REVISION): Readonly<Record<string, string>> {
    const tool = method === 'tools/call' && revision === MODERN_REVISION ? params.get('name')?.value : undefined;
    const known = typeof tool === 'string' ? this.#plain.get(tool) : undefined;
    if (known !== undefined) return known;
    const headers: Record<string, string> = {
      'mcp-protocol-version': encodeHeaderValue(revision),
      'mcp-method': encodeHeaderValue(method),
    };
    const name = params.get(NAME_PARAM_OF_METHOD.get(method) ?? '')?.value;
    if (typeof name !== 'string') return headers;
    headers['mcp-name'] = encodeHeaderValue(name);
    const wanted = method === 'tools/call' ? this.#tools.get(name) : undefined;
    if (wanted === undefined) {
      if (tool === name) this.#plain.keep(name, headers);
      return headers;
    }
    for (const [header, argument] of readHeaderArguments(wanted, params.get('arguments')) ?? []) {
      const text = headerTextOf(argument);
      if (text !== undefined) headers[PARAM_HEADER_PREFIX + header] = encodeHeaderValue(text);
    }
    return headers;
  }

  #remember(name: string, inputSchema: unknown): void {
    const scan = scanParamHeaders(inputSchema);
    if (!('headers' in scan) || scan.headers.length === 0) this.#tools.delete(name);
    else if (this.#tools.has(name) || this.#tools.size < MAX_CACHED_TOOLS) this.#tools.set(name, scan.headers);
  }
}
