import { JsonEdits } from '../../domain/json/json-edits.ts';
import { topLevelSpans } from '../../domain/json/json-members.ts';
import { RawJson } from '../../domain/json/raw-json.ts';
import { RpcCode, type McpReply, type McpRequest } from '../../domain/mcp/mcp.ts';
import type { Service } from '../../domain/services/service.ts';

/** Maximum count of requests of a service to a client during one call, over all rounds. */
export const MAX_QUESTIONS = 16;
const ELICITATION = 'elicitation/create';

export const TOO_MANY_QUESTIONS: McpReply = {
  error: {
    code: RpcCode.internalError,
    message: `a call may send at most ${String(MAX_QUESTIONS)} requests to the client`,
  },
};

type Asker = Pick<Service, 'namespace'>;

const namedText = ({ namespace }: Asker, message: string): string => `${namespace} asks: ${message}`;

/** Returns a request to a person with the name of the service in front of its message. Other requests stay. */
export function namedQuestion(asker: Asker, request: McpRequest): McpRequest {
  const message = request.method === ELICITATION ? request.params.get('message')?.value : undefined;
  if (typeof message !== 'string') return request;
  return { ...request, params: new Map(request.params).set('message', RawJson.of(namedText(asker, message))) };
}

/**
 * Returns a reply whose `inputRequests` (SEP-2322) name the service, or an error if they are more than 16.
 * Any other reply stays.
 */
export function namedInputRequests(asker: Asker, reply: McpReply): McpReply {
  if ('error' in reply || !mayAsk(reply.result.bytes)) return reply;
  const { bytes } = reply.result;
  const edits = new JsonEdits(bytes);
  const members = edits.members(edits.root);
  if (edits.text(members.get('resultType')) !== 'input_required') return reply;
  const requests = [...edits.members(members.get('inputRequests')).values()];
  if (requests.length > MAX_QUESTIONS) return TOO_MANY_QUESTIONS;
  for (const request of requests) {
    const { method, params } = Object.fromEntries(edits.members(request));
    if (edits.text(method) !== ELICITATION) continue;
    edits.change(edits.members(params).get('message'), (message) => namedText(asker, message));
  }
  return { ...reply, result: RawJson.fromBytes(edits.apply()) };
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const END = new TextEncoder().encode('input_required');

/** Returns false if the bytes have neither the text `input_required` at the end of a string nor an escape. Hot path. */
function mayAsk(bytes: Uint8Array): boolean {
  if (bytes.includes(BACKSLASH) && topLevelSpans(bytes).has('inputRequests')) return true;
  for (let at = bytes.indexOf(QUOTE); at >= 0; at = bytes.indexOf(QUOTE, at + 1))
    if (END.every((byte, index) => bytes[at - END.length + index] === byte)) return true;
  return false;
}
