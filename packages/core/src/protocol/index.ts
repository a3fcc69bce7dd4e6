/** Protocol codecs for adapters: JSON-RPC 2.0, event streams, MCP headers, the handshake and its connection. */
export { scanEnvelope, scanItems, type JsonEnvelope, type JsonMembers, type JsonRefusal } from './json-envelope.ts';
export { toDisplayText } from '../domain/text/safe-text.ts';
export { EraCache } from './era-cache.ts';
export { announcedListChanges, listenFilter } from './handshake.ts';
export { silentRequest } from '../domain/mcp/silent-request.ts';
export type { ConnectionClock } from './deadline-timer.ts';
export type { OutgoingRequest, Transport } from './transport.ts';
export {
  cancellationOf,
  discoverRequest,
  initializeRequest,
  withHopMark,
  isModernError,
  readDiscovery,
  readInitialization,
  type HandshakeResult,
} from './handshake.ts';
export { IdScanner, idOfMessage } from './id-scanner.ts';
export type { JsonRpcConnectionOptions } from './connection-options.ts';
export { JsonRpcConnection } from './json-rpc-connection.ts';
export { strictMembers } from '../domain/json/json-members.ts';
export {
  idKey,
  interpretEnvelope,
  invalidRequest,
  readMessage,
  type InvalidMessage,
  type JsonRpcMessage,
  type JsonRpcRequest,
  type MessageSender,
} from './message-reader.ts';
export {
  encodeBatch,
  encodeNotification,
  encodeReply,
  encodeRequest,
  notificationBytes,
  replyBytes,
  type EncodedMessage,
} from './message-writer.ts';
export {
  canBeMessage,
  mediaType,
  ownNumber,
  textStart,
  TOLERANCES,
  withoutMark,
  withoutTrailingSlash,
  type Tolerance,
} from './tolerances.ts';
export {
  acceptHandshake,
  claimedRevision,
  claimsRevision,
  classifyModernMeta,
  clientOf,
  introduction,
  negotiatedRevision,
  readMeta,
  type ProtocolClassification,
  type RequestMeta,
  type SessionFacts,
} from './request-classification.ts';
export { SessionRequests } from './session-requests.ts';
export { LINKED_LIMITS, LinkedConnection, type LinkedConnectionOptions } from './linked-connection.ts';
export { ParamHeaderCache } from './param-header-cache.ts';
export { readSseEvents, SseReader, type SseEvent } from './sse-reader.ts';
export { sseComment, sseEvent, sseMessage, type SseEventFields } from './sse-writer.ts';
export {
  decodeHeaderValue,
  matchesHeaderValue,
  NAME_PARAM_OF_METHOD,
  PARAM_HEADER_PREFIX,
  readHeaderArguments,
  headerTextOf,
} from '../domain/mcp/param-headers.ts';
