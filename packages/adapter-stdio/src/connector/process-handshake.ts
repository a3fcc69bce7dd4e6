import { isClarityError, RawJson, type Capabilities, type Era, type McpNotification } from '@clarity-runtime/core';
import { VERSION } from '@clarity-runtime/core/internal';
import type { UpstreamRequestOptions } from '@clarity-runtime/core/ports';
import {
  discoverRequest,
  initializeRequest,
  listenFilter,
  readDiscovery,
  readInitialization,
  silentRequest,
  type HandshakeResult,
  type JsonRpcConnection,
} from '@clarity-runtime/core/protocol';
import type { ProcessLimits } from './options.ts';

/** Client name and version that upstreams receive. */
export const CLIENT = { name: 'clarity-runtime', version: VERSION };

/** The connection that is being opened. */
interface HandshakePeer {
  readonly rpc: JsonRpcConnection;
  notify(notification: McpNotification): void;
}

interface ProcessHandshakeOptions {
  readonly signal: AbortSignal;
  readonly limits: ProcessLimits;
  readonly known: Era | undefined;
  readonly clientCapabilities: Capabilities;
}

/**
 * Opens the connection to a new process. It sends `server/discover` first, and `initialize` to the same process after any
 * error or a timeout.
 */
export async function openProcess(peer: HandshakePeer, options: ProcessHandshakeOptions): Promise<HandshakeResult> {
  const discovered = options.known === 'legacy' ? 'legacy' : await discover(peer, options);
  if (discovered !== 'legacy') {
    listen(peer, discovered, options);
    return discovered;
  }
  peer.rpc.setEra('legacy');
  const reply = await peer.rpc.request(initializeRequest(CLIENT, options.clientCapabilities), silent(options, 0));
  const opened = readInitialization(reply);
  peer.notify({ method: 'notifications/initialized', params: new Map() });
  return opened;
}

async function discover({ rpc }: HandshakePeer, options: ProcessHandshakeOptions): Promise<HandshakeResult | 'legacy'> {
  rpc.setEra('modern');
  try {
    return readDiscovery(await rpc.request(discoverRequest, silent(options, options.limits.probeMs)));
  } catch (error) {
    const isLegacy = isClarityError(error) && ['CALL_TIMED_OUT', 'UPSTREAM_PROTOCOL'].includes(error.code);
    if (isLegacy) return 'legacy';
    throw error;
  }
}

/** Subscribes to list changes. The request stays open as long as the process runs. */
function listen({ rpc }: HandshakePeer, { capabilities }: HandshakeResult, options: ProcessHandshakeOptions): void {
  const filter = listenFilter(capabilities);
  if (filter === undefined) return;
  const params = new Map([['notifications', RawJson.of(filter)]]);
  const forever = { ...silent(options, 0), signal: new AbortController().signal };
  rpc.request({ method: 'subscriptions/listen', params }, forever).catch(() => undefined);
}

const silent = ({ signal, limits }: ProcessHandshakeOptions, totalMs: number): UpstreamRequestOptions =>
  silentRequest(signal, { idleMs: 0, totalMs, maxReplyBytes: limits.maxMessageBytes });
