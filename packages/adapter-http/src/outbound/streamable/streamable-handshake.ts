import { ClarityError, isClarityError, RpcCode, type Capabilities, type Era } from '@clarity-runtime/core';
import {
  discoverRequest,
  initializeRequest,
  isModernError,
  readDiscovery,
  readInitialization,
  type HandshakeResult,
  type JsonRpcConnection,
} from '@clarity-runtime/core/protocol';
import { ownTerms } from '../call-terms.ts';
import { isNoEvidence, UpstreamFailure } from '../http/upstream-failure.ts';
import { CLIENT } from '../http/upstream-sender.ts';
import type { StreamableTransport } from './streamable-transport.ts';

export interface StreamableHandshakeOptions {
  readonly signal: AbortSignal;
  readonly totalMs: number;
  readonly maxReplyBytes: number;
  readonly offers: Capabilities;
}

/** Finds out which era an endpoint speaks and opens the conversation in it. `known` is what was seen of it before. */
export async function openStreamable(
  line: { readonly channel: JsonRpcConnection; readonly carrier: StreamableTransport },
  terms: StreamableHandshakeOptions,
  known: Era | undefined,
): Promise<HandshakeResult> {
  if (known === 'legacy') {
    try {
      return await initialize(line, terms);
    } catch (error) {
      // It may have learnt the other era since; what is no evidence of that is not asked about.
      if (!isClarityError(error) || error.code !== 'UPSTREAM_PROTOCOL') throw error;
    }
  }
  speak(line, 'modern');
  const discovered = await discover(line.channel, terms);
  return discovered === 'legacy' ? initialize(line, terms) : discovered;
}

/** `initialize` and what follows it; also how a session that was lost is opened again. */
export async function initialize(
  line: { readonly channel: JsonRpcConnection; readonly carrier: StreamableTransport },
  { signal, totalMs, maxReplyBytes, offers }: StreamableHandshakeOptions,
): Promise<HandshakeResult> {
  speak(line, 'legacy');
  line.carrier.session.forget();
  const bounds = ownTerms(signal, totalMs, maxReplyBytes);
  const opened = readInitialization(await line.channel.request(initializeRequest(CLIENT, offers), bounds));
  line.carrier.session.agree(opened.revision);
  await line.carrier.tell({ method: 'notifications/initialized', params: new Map() }).catch(() => undefined);
  return opened;
}

async function discover(
  channel: JsonRpcConnection,
  terms: StreamableHandshakeOptions,
): Promise<HandshakeResult | 'legacy'> {
  const { signal, totalMs, maxReplyBytes } = terms;
  try {
    const reply = await channel.request(discoverRequest, ownTerms(signal, totalMs, maxReplyBytes));
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

function speak(
  { channel, carrier }: { readonly channel: JsonRpcConnection; readonly carrier: StreamableTransport },
  era: Era,
): void {
  channel.setEra(era);
  carrier.era = era;
}
