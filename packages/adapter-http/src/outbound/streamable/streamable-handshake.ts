import { ClarityError, isClarityError, RpcCode, type Capabilities, type Era } from '@clarity-runtime/core';
import type { UpstreamRequestOptions } from '@clarity-runtime/core/ports';
import {
  discoverRequest,
  initializeRequest,
  isModernError,
  readDiscovery,
  readInitialization,
  silentRequest,
  type HandshakeResult,
  type JsonRpcConnection,
} from '@clarity-runtime/core/protocol';
import { isNoEvidence, UpstreamFailure } from '../http/upstream-failure.ts';
import { CLIENT } from '../http/upstream-sender.ts';
import type { StreamableTransport } from './streamable-transport.ts';

export interface StreamableHandshakeOptions {
  readonly signal: AbortSignal;
  readonly totalMs: number;
  readonly maxReplyBytes: number;
  /** Capabilities that this side declares in `initialize`. */
  readonly clientCapabilities: Capabilities;
}

/** The connection that is being opened. */
export interface HandshakePeer {
  readonly rpc: JsonRpcConnection;
  readonly transport: StreamableTransport;
}

/** Detects the era of an endpoint and opens the connection in it. `known` is the era of an earlier connection. */
export async function openStreamable(
  peer: HandshakePeer,
  options: StreamableHandshakeOptions,
  known: Era | undefined,
): Promise<HandshakeResult> {
  if (known === 'legacy') {
    try {
      return await initialize(peer, options);
    } catch (error) {
      // Only a protocol error shows that the service may have changed its era.
      if (!isClarityError(error) || error.code !== 'UPSTREAM_PROTOCOL') throw error;
    }
  }
  setEra(peer, 'modern');
  const discovered = await discover(peer.rpc, options);
  return discovered === 'legacy' ? initialize(peer, options) : discovered;
}

/** Sends `initialize` and `notifications/initialized`. Also opens the next session after one is lost. */
export async function initialize(peer: HandshakePeer, options: StreamableHandshakeOptions): Promise<HandshakeResult> {
  const { rpc, transport } = peer;
  setEra(peer, 'legacy');
  transport.session.forget();
  const reply = await rpc.request(initializeRequest(CLIENT, options.clientCapabilities), handshakeRequest(options));
  const result = readInitialization(reply);
  transport.session.agree(result.revision);
  await transport.tell({ method: 'notifications/initialized', params: new Map() }).catch(() => undefined);
  return result;
}

async function discover(
  rpc: JsonRpcConnection,
  options: StreamableHandshakeOptions,
): Promise<HandshakeResult | 'legacy'> {
  try {
    const reply = await rpc.request(discoverRequest, handshakeRequest(options));
    if ('error' in reply && isModernError(reply.error)) {
      const { supported } = Object(reply.error.data) as { supported?: unknown };
      const hasOlder = reply.error.code === RpcCode.unsupportedProtocolVersion && Array.isArray(supported);
      if (!hasOlder) throw new ClarityError('UPSTREAM_PROTOCOL', `server/discover: ${reply.error.message}`);
    }
    return readDiscovery(reply);
  } catch (error) {
    if (error instanceof UpstreamFailure && !isNoEvidence(error.status)) return 'legacy';
    throw error;
  }
}

const handshakeRequest = ({ signal, totalMs, maxReplyBytes }: StreamableHandshakeOptions): UpstreamRequestOptions =>
  silentRequest(signal, { idleMs: 0, totalMs, maxReplyBytes });

function setEra({ rpc, transport }: HandshakePeer, era: Era): void {
  rpc.setEra(era);
  transport.era = era;
}
