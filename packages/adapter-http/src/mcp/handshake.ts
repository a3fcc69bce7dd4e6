import { printable, type Capabilities, type McpReply, type McpRequest } from '@clarity-runtime/core';
import { clientOf, isObject } from './dialect.ts';
import type { SessionFacts } from './session-id.ts';

const NOTHING: Capabilities = {};

/** What a session is to be about after that handshake; undefined when it was refused. */
export function acceptHandshake({ params }: McpRequest, reply: McpReply): SessionFacts | undefined {
  if ('error' in reply) return undefined;
  const { protocolVersion } = reply.result.value as { readonly protocolVersion?: unknown };
  if (typeof protocolVersion !== 'string') return undefined;
  const given = params.get('capabilities')?.value;
  const client = clientOf(params.get('clientInfo')?.value);
  return {
    revision: printable(protocolVersion),
    capabilities: isObject(given) ? given : NOTHING,
    ...(client === undefined ? {} : { client }),
  };
}
