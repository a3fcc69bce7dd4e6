/** Reading JSON-RPC off the wire without building what is only passed on, for edges and outbound adapters. */
export { scanEnvelope, scanItems, type JsonEnvelope, type JsonMembers, type JsonRefusal } from './json-envelope.ts';
export { cleanText } from '../domain/text/safe-text.ts';
export { EraMemory } from './era-memory.ts';
export { announcedLists, listenFilter } from './list-changes.ts';
export { type CallTerms, type OutgoingCall, type StartTimer } from './open-call.ts';
export {
  discoverRequest,
  initializeRequest,
  isModernError,
  readDiscovery,
  readInitialization,
  type Opened,
} from './opening.ts';
export { RpcChannel, type Carrier, type ChannelOptions } from './rpc-channel.ts';
export { readMessage, valuesOf, type BrokenMessage, type RpcMessage } from './rpc-message.ts';
export { notificationBytes } from './write-message.ts';
