import type { IncomingHttpHeaders } from 'node:http';
import { RpcCode, type McpRequest, type RpcError } from '@clarity-runtime/core';

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
export function mirrorProblem(headers: IncomingHttpHeaders, { method, params }: McpRequest): RpcError | undefined {
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
