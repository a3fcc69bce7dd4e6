import { RpcCode, type Era, type McpReply } from '@clarity-runtime/core';

const modernStatus: ReadonlyMap<number, number> = new Map([
  [RpcCode.methodNotFound, 404],
  [RpcCode.headerMismatch, 400],
  [RpcCode.missingClientCapability, 400],
  [RpcCode.unsupportedProtocolVersion, 400],
]);

/** The status code of a reply that the gateway gave: the legacy revisions know none but 200. */
export const statusOf = (era: Era, reply: McpReply): number =>
  era === 'modern' && 'error' in reply ? (modernStatus.get(reply.error.code) ?? 200) : 200;
