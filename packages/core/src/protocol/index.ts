/** Reading JSON-RPC off the wire without building what is only passed on, for edges and outbound adapters. */
export { scanEnvelope, scanItems, type JsonEnvelope, type JsonMembers, type JsonRefusal } from './json-envelope.ts';
export { toDisplayText } from '../domain/text/safe-text.ts';
export { EraCache } from './era-cache.ts';
export { announcedListChanges, listenFilter } from './handshake.ts';
export { silentRequest } from '../domain/mcp/silent-request.ts';
export type { ConnectionClock } from './deadline-timer.ts';
export type { OutgoingRequest, Transport } from './transport.ts';
export {
  discoverRequest,
  initializeRequest,
  isModernError,
  readDiscovery,
  readInitialization,
  type HandshakeResult,
} from './handshake.ts';
export { JsonRpcConnection, type JsonRpcConnectionOptions } from './json-rpc-connection.ts';
export { strictMembers } from '../domain/json/json-members.ts';
export { readMessage, type InvalidMessage, type RpcMessage } from './message-reader.ts';
export { notificationBytes } from './message-writer.ts';
