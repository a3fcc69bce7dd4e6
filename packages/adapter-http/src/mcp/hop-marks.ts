import { failure, RawJson, RpcCode } from '@clarity-runtime/core';
import { circleOf, HOPS_META, objectOf } from '@clarity-runtime/core/internal';
import { readMeta, type JsonRpcRequest, type ProtocolClassification } from '@clarity-runtime/core/protocol';
import { errorAnswer, type HttpAnswer } from './mcp-post.ts';

/** RFC 5842 §7.2. */
const LOOP_DETECTED = 508;

/**
 * Returns a request with the marks of all gateways that it has passed in `_meta`, so that its upstreams receive them. A
 * request without marks stays the same. Returns the refusal of a request that has passed this gateway before.
 */
export function markedRequest(
  request: JsonRpcRequest,
  { hops }: ProtocolClassification,
  gatewayId: string | undefined,
): JsonRpcRequest | HttpAnswer {
  if (hops === undefined) return request;
  const circle = gatewayId === undefined ? undefined : circleOf(hops, gatewayId);
  if (circle !== undefined) {
    const { code, message } = failure('GATEWAY_CIRCLE', circle);
    return errorAnswer({ code: RpcCode.internalError, message, data: { code } }, request.id, LOOP_DETECTED);
  }
  const meta = readMeta(request.params);
  const members = 'error' in meta ? new Map<string, RawJson>() : meta.members;
  const marked = objectOf(new Map(members).set(HOPS_META, RawJson.of(hops)));
  return { ...request, params: new Map(request.params).set('_meta', marked) };
}
