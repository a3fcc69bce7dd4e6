import { RpcCode, type Capabilities, type McpReply, type McpRequest } from '../domain/mcp/mcp.ts';
import { RawJson } from '../domain/json/raw-json.ts';
import type { CallTerms } from './pending-request.ts';

/** What this side must have offered before a service may ask it. */
const NEEDS: ReadonlyMap<string, string> = new Map([
  ['sampling/createMessage', 'sampling'],
  ['elicitation/create', 'elicitation'],
  ['roots/list', 'roots'],
]);

/** The answer to a request of the service: from the caller whose request made it ask, when that was offered. */
export async function answerServerRequest(
  request: McpRequest,
  offers: Capabilities,
  caller: CallTerms | undefined,
): Promise<McpReply> {
  if (request.method === 'ping') return { result: RawJson.of({}) };
  const need = NEEDS.get(request.method);
  if (need === undefined || offers[need] === undefined || caller === undefined) {
    return { error: { code: RpcCode.methodNotFound, message: 'this client does not answer that' } };
  }
  try {
    return await caller.onRequest(request);
  } catch {
    return { error: { code: RpcCode.internalError, message: 'the client gave no answer' } };
  }
}
