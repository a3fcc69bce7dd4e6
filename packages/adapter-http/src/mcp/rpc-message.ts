import {
  RpcCode,
  type McpNotification,
  type McpReply,
  type McpRequest,
  type RawJson,
  type RpcError,
} from '@clarity-runtime/core';
import type { JsonEnvelope, JsonRefusal } from '@clarity-runtime/core/protocol';

export interface RpcRequest extends McpRequest {
  /** As it was written: a string or an integer, at most 256 bytes. */
  readonly id: string;
}

/** What one JSON text says in JSON-RPC. `id` of an invalid one is there when it can be answered by it. */
export type RpcMessage =
  | { readonly kind: 'request'; readonly request: RpcRequest }
  | { readonly kind: 'notification'; readonly notification: McpNotification }
  | { readonly kind: 'response'; readonly id?: string; readonly reply: McpReply }
  | { readonly kind: 'invalid'; readonly error: RpcError; readonly id?: string };

type Invalid = Extract<RpcMessage, { kind: 'invalid' }>;

const MAX_ID_LENGTH = 256;
const INTEGER = /^-?(?:0|[1-9]\d*)$/;
const QUOTE = 0x22;
const OPEN_BRACE = 0x7b;
const NO_PARAMS = new Map<string, RawJson>();

const refusals: Readonly<Record<JsonRefusal, RpcError>> = {
  'not-json': { code: RpcCode.parseError, message: 'parse error: the body is not JSON' },
  'not-utf8': { code: RpcCode.parseError, message: 'parse error: the body is not UTF-8' },
  'too-deep': { code: RpcCode.parseError, message: 'parse error: nested deeper than 128 levels' },
  'duplicate-member': { code: RpcCode.invalidRequest, message: 'invalid request: a member stands there twice' },
};

/** Members are known by their exact names; what else stands in the message counts for nothing. */
export function readMessage(envelope: JsonEnvelope): RpcMessage {
  if (envelope.kind === 'refused') return { kind: 'invalid', error: refusals[envelope.reason] };
  if (envelope.kind !== 'object') return invalid('a message is one JSON object');
  const { members, inner } = envelope;
  const written = members.get('id');
  const id = written === undefined ? undefined : readId(written);
  if (written !== undefined && id === undefined) {
    return invalid(`id must be a string or an integer of at most ${String(MAX_ID_LENGTH)} bytes`);
  }
  if (members.get('jsonrpc')?.value !== '2.0') return invalid('jsonrpc must be "2.0"', id);
  const method = members.get('method')?.value;
  if (method === undefined && (members.has('result') || members.has('error'))) {
    return { kind: 'response', reply: replyOf(members), ...known(id) };
  }
  if (typeof method !== 'string') return invalid('method must be a string', id);
  if (inner === undefined && members.has('params')) {
    return {
      kind: 'invalid',
      error: { code: RpcCode.invalidParams, message: 'params must be an object' },
      ...known(id),
    };
  }
  const params = inner ?? NO_PARAMS;
  return id === undefined
    ? { kind: 'notification', notification: { method, params } }
    : { kind: 'request', request: { id, method, params } };
}

/** What is no reply that can be used counts as a refusal. */
function replyOf(members: ReadonlyMap<string, RawJson>): McpReply {
  const result = members.get('result');
  const error = members.get('error')?.value as Partial<RpcError> | null | undefined;
  if (error === undefined && result?.bytes[0] === OPEN_BRACE) return { result };
  const { code, message, data } = error ?? {};
  return {
    error: {
      code: typeof code === 'number' ? code : RpcCode.internalError,
      message: typeof message === 'string' ? message : 'the client gave no answer',
      ...(data === undefined ? {} : { data }),
    },
  };
}

function readId(written: RawJson): string | undefined {
  if (written.bytes.length > MAX_ID_LENGTH) return undefined;
  const { text } = written;
  return written.bytes[0] === QUOTE || INTEGER.test(text) ? text : undefined;
}

const known = (id: string | undefined): { readonly id?: string } => (id === undefined ? {} : { id });

export const invalidRequest = (what: string): RpcError => ({
  code: RpcCode.invalidRequest,
  message: `invalid request: ${what}`,
});

const invalid = (what: string, id?: string): Invalid => ({
  kind: 'invalid',
  error: invalidRequest(what),
  ...known(id),
});
