import {
  isClarityError,
  RawJson,
  VERSION,
  type Capabilities,
  type Era,
  type McpNotification,
} from '@clarity-runtime/core';
import {
  discoverRequest,
  initializeRequest,
  listenFilter,
  readDiscovery,
  readInitialization,
  type CallTerms,
  type HandshakeResult,
  type JsonRpcConnection,
} from '@clarity-runtime/core/protocol';
import type { ProcessLimits } from './options.ts';

/** Client name and version that upstreams receive. */
export const CLIENT = { name: 'clarity-runtime', version: VERSION };

interface Line {
  readonly channel: JsonRpcConnection;
  notify(notification: McpNotification): void;
}

interface ProcessHandshakeOptions {
  readonly signal: AbortSignal;
  readonly limits: ProcessLimits;
  readonly known: Era | undefined;
  readonly offers: Capabilities;
}

/**
 * Opens the conversation with a fresh process. The modern question comes first; any error, and silence, is answered with
 * `initialize` on the same process.
 */
export async function openProcess(line: Line, terms: ProcessHandshakeOptions): Promise<HandshakeResult> {
  const discovered = terms.known === 'legacy' ? 'legacy' : await discover(line, terms);
  if (discovered !== 'legacy') {
    listen(line, discovered, terms);
    return discovered;
  }
  line.channel.setEra('legacy');
  const reply = await line.channel.request(initializeRequest(CLIENT, terms.offers), callTerms(terms, 0));
  const opened = readInitialization(reply);
  line.notify({ method: 'notifications/initialized', params: new Map() });
  return opened;
}

async function discover({ channel }: Line, terms: ProcessHandshakeOptions): Promise<HandshakeResult | 'legacy'> {
  channel.setEra('modern');
  try {
    return readDiscovery(await channel.request(discoverRequest, callTerms(terms, terms.limits.probeMs)));
  } catch (error) {
    const isSilence = isClarityError(error) && ['CALL_TIMED_OUT', 'UPSTREAM_PROTOCOL'].includes(error.code);
    if (isSilence) return 'legacy';
    throw error;
  }
}

/** Changes of the lists are told to those who listen. The request stays open as long as the process. */
function listen({ channel }: Line, { capabilities }: HandshakeResult, terms: ProcessHandshakeOptions): void {
  const filter = listenFilter(capabilities);
  if (filter === undefined) return;
  const params = new Map([['notifications', RawJson.of(filter)]]);
  const forever = { ...callTerms(terms, 0), signal: new AbortController().signal };
  channel.request({ method: 'subscriptions/listen', params }, forever).catch(() => undefined);
}

const callTerms = ({ signal, limits }: ProcessHandshakeOptions, totalMs: number): CallTerms => ({
  signal,
  idleMs: 0,
  totalMs,
  maxReplyBytes: limits.maxMessageBytes,
  onNotification: () => undefined,
  onRequest: () => Promise.reject(new Error('nobody asked for anything yet')),
  onSent: () => undefined,
});
