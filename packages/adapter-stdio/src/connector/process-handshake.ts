import {
  isClarityError,
  RawJson,
  systemClock,
  type Capabilities,
  type Era,
  type McpNotification,
} from '@clarity-runtime/core';
import { VERSION } from '@clarity-runtime/core/internal';
import type { UpstreamRequestOptions } from '@clarity-runtime/core/ports';
import {
  discoverRequest,
  initializeRequest,
  listenFilter,
  readDiscovery,
  readInitialization,
  silentRequest,
  withHopMark,
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
  readonly mark: string | undefined;
}

/**
 * Opens the connection to a new process. It sends `server/discover` first. After an error, or after `probeMs` without a
 * response, it sends `initialize` to the same process; the first of both that succeeds decides. A process that is still
 * being installed reads both later, in this order.
 */
export async function openProcess(peer: HandshakePeer, options: ProcessHandshakeOptions): Promise<HandshakeResult> {
  const over = new AbortController();
  const signal = AbortSignal.any([options.signal, over.signal]);
  const attempt = { ...options, signal };
  try {
    if (options.known === 'legacy') {
      const opened = await initialize(peer, attempt).catch(refusedInitialize);
      if (opened !== undefined) return opened;
    }
    const discovering = discover(peer, attempt);
    const silence = systemClock.after(options.limits.probeMs, signal).then(() => undefined);
    const early = await Promise.race([discovering, silence]);
    if (early === undefined) return await firstOpened(discovering, peer, attempt);
    return early === 'legacy' ? await initialize(peer, attempt) : early;
  } finally {
    over.abort();
  }
}

/** A program that refuses `initialize` has another era than the remembered one: it was updated. It is probed in the same process. */
function refusedInitialize(error: unknown): undefined {
  if (!isClarityError(error) || error.code !== 'UPSTREAM_PROTOCOL') throw error;
}

/**
 * Returns the result of the discovery if its response arrives before the one of `initialize` or with it; else the outcome
 * of `initialize`.
 */
async function firstOpened(
  discovering: Promise<HandshakeResult | 'legacy'>,
  peer: HandshakePeer,
  options: ProcessHandshakeOptions,
): Promise<HandshakeResult> {
  const discovery: { result?: HandshakeResult } = {};
  const initializing = requestInitialize(peer, options);
  const either = discovering.then((found) => {
    if (found === 'legacy') return initializing;
    discovery.result = found;
    return found;
  });
  await Promise.race([either, initializing]).catch(() => undefined);
  // Both responses can be in one read.
  await new Promise((resolve) => setImmediate(resolve));
  if (discovery.result !== undefined) {
    peer.rpc.setEra('modern');
    return discovery.result;
  }
  return confirmInitialize(peer, await initializing);
}

async function initialize(peer: HandshakePeer, options: ProcessHandshakeOptions): Promise<HandshakeResult> {
  return confirmInitialize(peer, await requestInitialize(peer, options));
}

async function requestInitialize({ rpc }: HandshakePeer, options: ProcessHandshakeOptions): Promise<HandshakeResult> {
  rpc.setEra('legacy');
  return readInitialization(
    await rpc.request(
      withHopMark(initializeRequest(CLIENT, options.clientCapabilities), options.mark),
      silent(options, 0),
    ),
  );
}

function confirmInitialize(peer: HandshakePeer, opened: HandshakeResult): HandshakeResult {
  peer.notify({ method: 'notifications/initialized', params: new Map() });
  return opened;
}

async function discover({ rpc }: HandshakePeer, options: ProcessHandshakeOptions): Promise<HandshakeResult | 'legacy'> {
  rpc.setEra('modern');
  try {
    return readDiscovery(await rpc.request(withHopMark(discoverRequest, options.mark), silent(options, 0)));
  } catch (error) {
    if (isClarityError(error) && error.code === 'UPSTREAM_PROTOCOL') return 'legacy';
    throw error;
  }
}

/** Subscribes to list changes of a modern service. The request stays open as long as the process runs. */
export function listenToChanges(rpc: JsonRpcConnection, maxReplyBytes: number): void {
  const filter = listenFilter(rpc.capabilities);
  if (filter === undefined) return;
  const params = new Map([['notifications', RawJson.of(filter)]]);
  const forever = silentRequest(new AbortController().signal, { idleMs: 0, totalMs: 0, maxReplyBytes });
  rpc.request({ method: 'subscriptions/listen', params }, forever).catch(() => undefined);
}

const silent = ({ signal, limits }: ProcessHandshakeOptions, totalMs: number): UpstreamRequestOptions =>
  silentRequest(signal, { idleMs: 0, totalMs, maxReplyBytes: limits.maxMessageBytes });
