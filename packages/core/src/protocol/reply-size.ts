import { ClarityError } from '../domain/errors/clarity-error.ts';
import type { McpReply, McpRequest } from '../domain/mcp/mcp.ts';
import type { CallLimits } from '../domain/calls/call-limits.ts';

/**
 * Texts of content that is allowed to be larger: images and audio (`type`), embedded files (`blob`), pages of MCP Apps
 * (`ui:` and their media type). A search of the bytes is enough, because the size of a reply does not decide about trust.
 */
const MEDIA_MARKS = ['"image"', '"audio"', '"blob"', '"ui://', 'profile=mcp-app'];

interface SizedRequest {
  readonly request: McpRequest;
  readonly options: Pick<CallLimits, 'maxReplyBytes' | 'maxMediaBytes'>;
}

/** Returns the error of a reply that exceeds its limit; undefined for the others. The contents of a resource are media. */
export function replySizeError({ request, options }: SizedRequest, reply: McpReply, bytes: number): Error | undefined {
  const { maxReplyBytes, maxMediaBytes = 0 } = options;
  if (bytes <= maxReplyBytes) return undefined;
  const limit = maxMediaBytes > maxReplyBytes && isMedia(request, reply) ? maxMediaBytes : maxReplyBytes;
  if (bytes <= limit) return undefined;
  const text = `the reply has ${String(bytes)} bytes; the limit is ${String(limit)} bytes (spec.policy.maxResponseBytes)`;
  return new ClarityError('PAYLOAD_TOO_LARGE', text);
}

function isMedia({ method }: McpRequest, reply: McpReply): boolean {
  if (method === 'resources/read') return true;
  if ('error' in reply) return false;
  const { text } = reply.result;
  return MEDIA_MARKS.some((mark) => text.includes(mark));
}
