import type { IncomingHttpHeaders } from 'node:http';
import { RpcCode, type Caller, type McpRequest, type RpcError } from '@clarity-runtime/core';
import type { McpGateway } from '@clarity-runtime/core/ports';
import {
  decodeHeaderValue,
  headerTextOf,
  matchesHeaderValue,
  NAME_PARAM_OF_METHOD,
  PARAM_HEADER_PREFIX,
  readHeaderArguments,
} from '@clarity-runtime/core/protocol';

/**
 * Compares `MCP-Protocol-Version`, `Mcp-Method` and `Mcp-Name` of a modern request with its body
 * (MCP 2026-07-28, Streamable HTTP, "Server Validation"). Returns the error of a mismatch, for status 400.
 * A request whose name is not a string passes: the gateway rejects it.
 */
export function standardHeaderError(
  headers: IncomingHttpHeaders,
  { method, params }: McpRequest,
): RpcError | undefined {
  if (headers['mcp-protocol-version'] === undefined) return mismatch('MCP-Protocol-Version is missing');
  const methodHeader = headers['mcp-method'];
  if (methodHeader === undefined) return mismatch('Mcp-Method is missing');
  if (methodHeader !== method) return mismatch('Mcp-Method is not the method of the body');
  const param = NAME_PARAM_OF_METHOD.get(method);
  const name = param === undefined ? undefined : params.get(param)?.value;
  if (param === undefined || typeof name !== 'string') return undefined;
  const nameHeader = headers['mcp-name'];
  if (nameHeader === undefined) return mismatch('Mcp-Name is missing');
  if (typeof nameHeader === 'string' && decodeHeaderValue(nameHeader) === name) return undefined;
  return mismatch(`Mcp-Name is not params.${param} of the body`);
}

/** Returns the error `HeaderMismatch` (-32020). */
export const mismatch = (cause: string): RpcError => ({
  code: RpcCode.headerMismatch,
  message: `header mismatch: ${cause}`,
});

/** The part of a POST that parameter headers are compared with. */
export interface MessageHead {
  readonly headers: IncomingHttpHeaders;
  readonly context: { readonly caller: Caller; readonly service?: string };
}

/**
 * Compares the parameter headers of a `tools/call` with its arguments
 * (MCP 2026-07-28, Streamable HTTP, "Server Behavior for Custom Headers"). Returns the error of a mismatch, for status 400.
 */
export function paramHeaderError(
  gateway: McpGateway,
  { method, params }: McpRequest,
  { headers, context }: MessageHead,
): RpcError | undefined {
  const tool = method === 'tools/call' ? params.get('name')?.value : undefined;
  if (typeof tool !== 'string') return undefined;
  const expected = gateway.paramHeaders(context, tool);
  if (expected.length === 0) return undefined;
  const args = readHeaderArguments(expected, params.get('arguments'));
  if (args === undefined) return mismatch('params.arguments has a duplicate member');
  for (const { name, path } of expected) {
    const header = headers[PARAM_HEADER_PREFIX + name];
    const argument = args.get(name);
    const place = `params.arguments.${path.join('.')}`;
    if (argument === undefined || headerTextOf(argument) === undefined) {
      if (header !== undefined) return mismatch(`Mcp-Param-${name} is present, ${place} is not`);
    } else if (header === undefined) {
      return mismatch(`Mcp-Param-${name} is missing`);
    } else if (typeof header !== 'string' || !matchesHeaderValue(argument, header)) {
      return mismatch(`Mcp-Param-${name} is not ${place} of the body`);
    }
  }
  return undefined;
}
