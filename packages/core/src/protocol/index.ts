/** Reading JSON-RPC off the wire without building what is only passed on, for edges and outbound adapters. */
export { scanEnvelope, scanItems, type JsonEnvelope, type JsonMembers, type JsonRefusal } from './json-envelope.ts';
export { toDisplayText } from '../domain/text/safe-text.ts';
export { EraMemory } from './era-cache.ts';
export { announcedLists, listenFilter } from './handshake.ts';
export { type CallTerms, type OutgoingCall, type StartTimer } from './pending-request.ts';
export {
  discoverRequest,
  initializeRequest,
  isModernError,
  readDiscovery,
  readInitialization,
  type Opened,
} from './handshake.ts';
export { RpcChannel, type Carrier, type ChannelOptions } from './json-rpc-connection.ts';
export { readMessage, strictMembers, type BrokenMessage, type RpcMessage } from './message-reader.ts';
export { notificationBytes } from './message-writer.ts';
