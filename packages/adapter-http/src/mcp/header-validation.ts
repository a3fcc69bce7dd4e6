import type { IncomingHttpHeaders } from 'node:http';
import { RpcCode, type Caller, type McpRequest, type RpcError, type RawJson } from '@clarity-runtime/core';
import type { McpGateway } from '@clarity-runtime/core/ports';
import { scanEnvelope } from '@clarity-runtime/core/protocol';
import type { RpcRequest } from './rpc-message.ts';

const BASE64 = /^=\?base64\?((?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?)\?=$/;
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const VISIBLE = /^[\t\x20-\x7e]*$/;

/** Requests whose target `Mcp-Name` repeats, and the parameter that holds it. */
const nameParam = new Map([
  ['tools/call', 'name'],
  ['prompts/get', 'name'],
  ['resources/read', 'uri'],
]);

/**
 * Whether the headers by which others have routed a modern request say what its body says. A request whose name is no
 * string is left to those who read it.
 */
export function standardHeaderError(
  headers: IncomingHttpHeaders,
  { method, params }: McpRequest,
): RpcError | undefined {
  if (headers['mcp-protocol-version'] === undefined) return mismatch('MCP-Protocol-Version is missing');
  const named = headers['mcp-method'];
  if (named === undefined) return mismatch('Mcp-Method is missing');
  if (named !== method) return mismatch('Mcp-Method is not the method of the body');
  const source = nameParam.get(method);
  const target = source === undefined ? undefined : params.get(source)?.value;
  if (source === undefined || typeof target !== 'string') return undefined;
  const mirrored = headers['mcp-name'];
  if (mirrored === undefined) return mismatch('Mcp-Name is missing');
  if (typeof mirrored === 'string' && decodeHeader(mirrored) === target) return undefined;
  return mismatch(`Mcp-Name is not params.${source} of the body`);
}

/** What a mirrored value means; undefined when it cannot be read. */
export function decodeHeader(value: string): string | undefined {
  if (!VISIBLE.test(value)) return undefined;
  if (!value.startsWith('=?base64?') || !value.endsWith('?=')) return value;
  const encoded = BASE64.exec(value)?.[1];
  if (encoded === undefined) return undefined;
  try {
    return decoder.decode(Buffer.from(encoded, 'base64'));
  } catch {
    return undefined;
  }
}

export const mismatch = (what: string): RpcError => ({
  code: RpcCode.headerMismatch,
  message: `header mismatch: ${what}`,
});

const PREFIX = 'mcp-param-';

/** The part of a POST that parameter headers are compared with. */
export interface RequestHead {
  readonly headers: IncomingHttpHeaders;
  readonly context: { readonly caller: Caller; readonly service?: string };
}

/** Whether the headers that a tool wants some of its arguments repeated in say what its arguments say. */
export function paramHeaderError(
  gateway: McpGateway,
  { method, params }: RpcRequest,
  { headers, context }: RequestHead,
): RpcError | undefined {
  const name = method === 'tools/call' ? params.get('name')?.value : undefined;
  if (typeof name !== 'string') return undefined;
  const wanted = gateway.headerArguments(context, name);
  if (wanted.size === 0) return undefined;
  const given = params.get('arguments');
  const scan = given === undefined ? undefined : scanEnvelope(given.bytes, '');
  const members = scan?.kind === 'object' ? scan.members : new Map<string, RawJson>();
  for (const [header, argument] of wanted) {
    const mirrored = headers[PREFIX + header];
    const value = textOf(members.get(argument));
    if (value === undefined && mirrored === undefined) continue;
    if (mirrored === undefined) return mismatch(`Mcp-Param-${header} is missing`);
    if (value === undefined) return mismatch(`Mcp-Param-${header} is there, params.arguments.${argument} is not`);
    if (typeof mirrored !== 'string' || decodeHeader(mirrored) !== value) {
      return mismatch(`Mcp-Param-${header} is not params.arguments.${argument} of the body`);
    }
  }
  return undefined;
}

/** A string is what it says, a number and a boolean as they are written. */
function textOf(value: RawJson | undefined): string | undefined {
  if (value === undefined || value.value === null) return undefined;
  return typeof value.value === 'string' ? value.value : value.text;
}
