import { type RawJson, type RpcError } from '@clarity-runtime/core';
import type { McpGateway } from '@clarity-runtime/core/ports';
import { scanEnvelope } from '@clarity-runtime/core/protocol';
import { decodeHeader, mismatch } from './mirrored-headers.ts';
import type { RpcRequest } from './rpc-message.ts';
import type { Post } from './rpc-post.ts';

const PREFIX = 'mcp-param-';

/** Whether the headers that a tool wants some of its arguments repeated in say what its arguments say. */
export function parameterProblem(
  gateway: McpGateway,
  { method, params }: RpcRequest,
  { headers, context }: Pick<Post, 'headers' | 'context'>,
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
