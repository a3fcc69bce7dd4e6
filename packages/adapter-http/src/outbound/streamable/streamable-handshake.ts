import { setTimeout as pause } from 'node:timers/promises';
import { ClarityError, isClarityError, RpcCode, type Capabilities, type Era } from '@clarity-runtime/core';
import type { UpstreamRequestOptions } from '@clarity-runtime/core/ports';
import {
  discoverRequest,
  initializeRequest,
  isModernError,
  readDiscovery,
  readInitialization,
  silentRequest,
  toDisplayText,
  type HandshakeResult,
  type JsonRpcConnection,
} from '@clarity-runtime/core/protocol';
import { isNoEvidence, UpstreamFailure } from '../http/upstream-failure.ts';
import { CLIENT } from '../http/upstream-sender.ts';
import type { StreamableTransport } from './streamable-transport.ts';

/** Milliseconds for the response to `notifications/initialized`, so that a strict server has read it before the next request. */
const NOTICE_WAIT_MS = 300;

export interface StreamableHandshakeOptions {
  readonly signal: AbortSignal;
  readonly totalMs: number;
  /** Milliseconds for `server/discover`. */
  readonly probeMs: number;
  readonly maxReplyBytes: number;
  /** Capabilities that this side declares in `initialize`. */
  readonly clientCapabilities: Capabilities;
}

/** The connection that is being opened. */
export interface HandshakePeer {
  readonly rpc: JsonRpcConnection;
  readonly transport: StreamableTransport;
}

/** Result of a handshake. `isProven`: the service has shown its era, so that it may be remembered. */
export interface DetectedHandshake {
  readonly result: HandshakeResult;
  readonly isProven: boolean;
}

/**
 * Detects the era of an endpoint and opens the connection in it. `known` is the era of an earlier connection. Every outcome of
 * `server/discover` leads to `initialize`, except a discovery, a refused credential and a server that cannot be reached (MCP
 * 2026-07-28, Versioning: "Anything else identifies a legacy server"); so does silence.
 */
export async function openStreamable(
  peer: HandshakePeer,
  options: StreamableHandshakeOptions,
  known: Era | undefined,
): Promise<DetectedHandshake> {
  if (known === 'legacy') {
    try {
      return { result: await initialize(peer, options), isProven: true };
    } catch (error) {
      if (endsStart(error)) throw error;
    }
  }
  setEra(peer, 'modern');
  const discovered = await discover(peer.rpc, options);
  if (discovered.result !== undefined) return { result: discovered.result, isProven: true };
  try {
    return { result: await initialize(peer, options), isProven: discovered.isEvidence };
  } catch (error) {
    // A server that knows modern requests explains its refusal better than that of `initialize`.
    throw discovered.failure ?? error;
  }
}

/** The failure is about the way to the service or the credential, and not about its protocol. */
const endsStart = (error: unknown): boolean =>
  !isClarityError(error) ||
  ['UPSTREAM_UNAUTHORIZED', 'UPSTREAM_UNREACHABLE', 'CALL_CANCELLED', 'ENDPOINT_FORBIDDEN'].includes(error.code);

/** Sends `initialize` and `notifications/initialized`. Also opens the next session after one is lost. */
export async function initialize(peer: HandshakePeer, options: StreamableHandshakeOptions): Promise<HandshakeResult> {
  const { rpc, transport } = peer;
  setEra(peer, 'legacy');
  transport.session.forget();
  const reply = await rpc.request(initializeRequest(CLIENT, options.clientCapabilities), handshakeRequest(options));
  const result = readInitialization(reply);
  transport.session.agree(result.revision);
  const telling = transport.tell({ method: 'notifications/initialized', params: new Map() }).catch(() => undefined);
  // Not specified: servers that leave a notification unanswered do not delay the start.
  await Promise.race([telling, pause(NOTICE_WAIT_MS, undefined, { ref: false })]);
  return result;
}

interface Discovery {
  /** Absent if `initialize` decides. */
  readonly result?: HandshakeResult;
  /** The outcome shows that the service is legacy. */
  readonly isEvidence: boolean;
  /** The modern refusal to report if `initialize` fails too. */
  readonly failure?: ClarityError;
}

async function discover(rpc: JsonRpcConnection, options: StreamableHandshakeOptions): Promise<Discovery> {
  try {
    const totalMs = Math.min(options.probeMs, options.totalMs);
    const reply = await rpc.request(discoverRequest, handshakeRequest({ ...options, totalMs }));
    const read = readDiscovery(reply);
    if (read !== 'legacy') return { result: read, isEvidence: true };
    if (!('error' in reply) || !isModernError(reply.error)) return { isEvidence: true };
    const { supported } = Object(reply.error.data) as { supported?: unknown };
    if (reply.error.code === RpcCode.unsupportedProtocolVersion && Array.isArray(supported))
      return { isEvidence: true };
    const failure = new ClarityError('UPSTREAM_PROTOCOL', `server/discover: ${toDisplayText(reply.error.message)}`);
    return { isEvidence: false, failure };
  } catch (error) {
    if (error instanceof UpstreamFailure) {
      // A refused method is not a refused credential.
      const isMethod = error.status === 403 && error.rpc?.code === RpcCode.methodNotFound;
      if (endsStart(error) && !isMethod) throw error;
      return { isEvidence: !isNoEvidence(error.status) };
    }
    if (endsStart(error) || options.signal.aborted) throw error;
    return { isEvidence: false };
  }
}

const handshakeRequest = ({ signal, totalMs, maxReplyBytes }: StreamableHandshakeOptions): UpstreamRequestOptions =>
  silentRequest(signal, { idleMs: 0, totalMs, maxReplyBytes });

function setEra({ rpc, transport }: HandshakePeer, era: Era): void {
  rpc.setEra(era);
  transport.era = era;
}
