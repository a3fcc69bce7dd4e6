import { RpcCode, type McpParams, type RpcError } from '@clarity-runtime/core';
import { scanEnvelope, type JsonMembers } from '@clarity-runtime/core/protocol';

export type RequestMeta = { readonly members: JsonMembers } | { readonly error: RpcError };

const NONE: RequestMeta = { members: new Map() };
const BROKEN: RequestMeta = {
  error: { code: RpcCode.invalidParams, message: 'params._meta must be an object in which no member stands twice' },
};

/** The members of `params._meta`; none when it is absent. */
export function readMeta(params: McpParams): RequestMeta {
  const meta = params.get('_meta');
  if (meta === undefined) return NONE;
  const scan = scanEnvelope(meta.bytes, '');
  return scan.kind === 'object' ? scan : BROKEN;
}
