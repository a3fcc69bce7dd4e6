import { CAPABILITY_OF_METHOD } from '../domain/mcp/client-capabilities.ts';
import { RpcCode, type Capabilities, type McpReply, type McpRequest } from '../domain/mcp/mcp.ts';
import { RawJson } from '../domain/json/raw-json.ts';
import type { UpstreamRequestOptions } from '../ports/index.ts';

/**
 * Returns the response to a request of the service. The caller whose request is in flight answers it if this side declared
 * the capability that the method needs (MCP 2025-11-25, "Capability negotiation"); `ping` is always answered.
 */
export async function answerServerRequest(
  request: McpRequest,
  clientCapabilities: Capabilities,
  caller: Pick<UpstreamRequestOptions, 'onRequest'> | undefined,
): Promise<McpReply> {
  if (request.method === 'ping') return { result: RawJson.of({}) };
  const capability = CAPABILITY_OF_METHOD.get(request.method);
  if (capability === undefined || clientCapabilities[capability] === undefined || caller === undefined) {
    return { error: { code: RpcCode.methodNotFound, message: 'this client does not answer that' } };
  }
  try {
    return await caller.onRequest(request);
  } catch {
    return { error: { code: RpcCode.internalError, message: 'the client gave no answer' } };
  }
}
