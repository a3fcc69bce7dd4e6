import { JsonEdits } from '../../domain/json/json-edits.ts';
import { topLevelSpans, type Span } from '../../domain/json/json-members.ts';
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

/** Begin of a `requestState` that counts the requests of earlier rounds; the state of the service follows after a colon. */
const ASKED = 'clarity-asked-';

/** One request of a call, with the count of requests to the client in its earlier rounds. */
export interface CountedRound {
  readonly request: McpRequest;
  readonly asked: number;
}

/** Returns the request with the `requestState` of its service, and the count that `namedInputRequests` put in front of it. */
export function countedRound(request: McpRequest): CountedRound {
  const state = request.params.get('requestState')?.value;
  if (typeof state !== 'string' || !state.startsWith(ASKED)) return { request, asked: 0 };
  const end = state.indexOf(':');
  const asked = Number(state.slice(ASKED.length, end < 0 ? undefined : end));
  const params = new Map(request.params);
  if (end < 0) params.delete('requestState');
  else params.set('requestState', RawJson.of(state.slice(end + 1)));
  return { request: { ...request, params }, asked: Number.isInteger(asked) && asked > 0 ? asked : 0 };
}

/**
 * Returns a reply whose `inputRequests` (SEP-2322) name the service and whose `requestState` counts them. Returns an error if
 * they and the `asked` ones of earlier rounds are more than 16. Any other reply stays.
 */
export function namedInputRequests(asker: Asker, reply: McpReply, asked = 0): McpReply {
  if ('error' in reply || !mayAsk(reply.result.bytes)) return reply;
  const { bytes } = reply.result;
  const edits = new JsonEdits(bytes);
  const members = edits.members(edits.root);
  if (edits.text(members.get('resultType')) !== 'input_required') return reply;
  const requests = [...edits.members(members.get('inputRequests')).values()];
  const count = asked + requests.length;
  if (count > MAX_QUESTIONS) return TOO_MANY_QUESTIONS;
  nameRequests(asker, edits, requests);
  const state = members.get('requestState');
  if (state === undefined) edits.add(edits.root, 'requestState', `${ASKED}${String(count)}`);
  else if (edits.text(state) === undefined) return NO_STATE;
  else edits.change(state, (text) => `${ASKED}${String(count)}:${text}`);
  return { ...reply, result: RawJson.fromBytes(edits.apply()) };
}

/** Does the same for a task that waits for input (MCP extension `io.modelcontextprotocol/tasks`, "Task Polling"). */
export function namedTaskRequests(asker: Asker, reply: Exclude<McpReply, { error: unknown }>): McpReply {
  const edits = new JsonEdits(reply.result.bytes);
  const requests = [...edits.members(edits.members(edits.root).get('inputRequests')).values()];
  if (requests.length === 0) return reply;
  if (requests.length > MAX_QUESTIONS) return TOO_MANY_QUESTIONS;
  nameRequests(asker, edits, requests);
  return { ...reply, result: RawJson.fromBytes(edits.apply()) };
}

function nameRequests(asker: Asker, edits: JsonEdits, requests: readonly Span[]): void {
  for (const request of requests) {
    const { method, params } = Object.fromEntries(edits.members(request));
    if (edits.text(method) !== ELICITATION) continue;
    edits.change(edits.members(params).get('message'), (message) => namedText(asker, message));
  }
}

const NO_STATE: McpReply = {
  error: { code: RpcCode.internalError, message: 'the requestState of the service is not a text' },
};

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const END = new TextEncoder().encode('input_required');
const LAST = END[END.length - 1] ?? 0;

/** Returns false if the bytes have neither the text `input_required` at the end of a string nor an escape. Hot path. */
function mayAsk(bytes: Uint8Array): boolean {
  if (bytes.includes(BACKSLASH) && topLevelSpans(bytes).has('inputRequests')) return true;
  for (let at = bytes.indexOf(QUOTE); at >= 0; at = bytes.indexOf(QUOTE, at + 1))
    if (bytes[at - 1] === LAST && endsAt(bytes, at)) return true;
  return false;
}

/** Returns whether the text ends before `at`. A function of its own: a closure in the loop above would cost 0.5 KB per reply. */
function endsAt(bytes: Uint8Array, at: number): boolean {
  for (let back = 1; back <= END.length; back += 1) if (bytes[at - back] !== END[END.length - back]) return false;
  return true;
}
