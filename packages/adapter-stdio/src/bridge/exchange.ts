import type { IncomingMessage } from 'node:http';
import { readMessage } from '@clarity-runtime/core/protocol';
import { bodyOf, replyIn, bridgeError, thrown, type RpcId } from './response.ts';
import type { BridgeConversation, RpcCall } from './conversation.ts';
import type { StdioDaemonClient } from './daemon-client.ts';
import { stdioSseFrames } from '../stdio-sse-frames.ts';

export interface ExchangeDependencies {
  readonly client: StdioDaemonClient;
  readonly conversation: BridgeConversation;
  readonly maxReplyBytes: number;
  /** Everything that the daemon says on the way: notices, and requests to the client. */
  readonly passOn: (message: Uint8Array) => void;
  readonly log: (line: string) => void;
}

export interface Outgoing {
  readonly line: Uint8Array;
  readonly id: RpcId;
  /** Undefined for a batch. */
  readonly spoken: RpcCall | undefined;
  readonly signal: AbortSignal;
}

const ACCEPTED = 'application/json, text/event-stream';
const encoder = new TextEncoder();

/** Sends one request and waits for its reply. What goes wrong on the way is a reply too; an aborted signal rejects. */
export async function exchange(parts: ExchangeDependencies, outgoing: Outgoing): Promise<Uint8Array> {
  const { client, conversation } = parts;
  const { id, signal, spoken } = outgoing;
  try {
    let answer = await post(parts, outgoing);
    if (answer.statusCode === 404 && conversation.session !== undefined && spoken?.method !== 'initialize') {
      answer.resume();
      await renew(parts, signal);
      answer = await post(parts, outgoing);
    }
    const reply = await replyTo(parts, outgoing, answer);
    if (spoken?.method === 'initialize') settle(conversation, answer, reply);
    if (spoken !== undefined) conversation.learn(spoken.method, reply);
    return reply;
  } catch (error) {
    if (signal.aborted) throw error;
    return bridgeError(id, unreachable(client.place, error));
  }
}

export const post = (
  { client, conversation }: ExchangeDependencies,
  { line, spoken, signal }: Outgoing,
): Promise<IncomingMessage> =>
  client.send({
    method: 'POST',
    headers: { accept: ACCEPTED, ...conversation.headersOf(spoken) },
    body: line,
    signal,
  });

/** What a person is told when the daemon cannot be reached. */
export function unreachable(place: string, error: unknown): string {
  const { code, message } = thrown(error);
  if (code === 'ECONNREFUSED') return `no daemon listens at ${place}: start it with \`npx clarityd\``;
  return `the daemon at ${place} cannot be reached: ${message}`;
}

async function replyTo(
  parts: ExchangeDependencies,
  { id, spoken }: Outgoing,
  answer: IncomingMessage,
): Promise<Uint8Array> {
  const { client, maxReplyBytes, passOn, log } = parts;
  const isStream = answer.headers['content-type']?.startsWith('text/event-stream') === true;
  if (!isStream || answer.statusCode !== 200) {
    const body = await bodyOf(answer, maxReplyBytes);
    // A batch of notices alone has no answer.
    if (spoken === undefined && (answer.statusCode === 200 || answer.statusCode === 202)) return body;
    return replyIn(answer, body, { id, place: client.place, hide: client.hide });
  }
  for await (const { data } of stdioSseFrames(answer, maxReplyBytes)) {
    const bytes = encoder.encode(data);
    if (bytes.length === 0) continue;
    const message = readMessage(bytes);
    if (message.kind === 'reply' && message.id === id) {
      answer.resume();
      return bytes;
    }
    if (message.kind === 'broken' || message.kind === 'reply')
      log('the daemon said something that is no message for this client');
    else passOn(bytes);
  }
  return bridgeError(id, `the daemon at ${client.place} ended the stream before it answered`);
}

function settle(conversation: BridgeConversation, answer: IncomingMessage, reply: Uint8Array): void {
  const message = readMessage(reply);
  if (message.kind === 'reply' && 'result' in message.reply) conversation.settle(answer, message.reply.result);
}

/** The daemon has forgotten the session: the handshake is repeated, with the client's own words. */
async function renew(parts: ExchangeDependencies, signal: AbortSignal): Promise<void> {
  const { conversation, log } = parts;
  const line = conversation.opening;
  if (line === undefined) return;
  const opening = readMessage(line);
  if (opening.kind !== 'request') return;
  log('the daemon has forgotten the session: a new one is opened');
  conversation.begin(line);
  const answer = await post(parts, { line, id: opening.id, spoken: opening.request, signal });
  settle(conversation, answer, await replyTo(parts, { line, id: opening.id, spoken: opening.request, signal }, answer));
  const initialized = { method: 'notifications/initialized', params: new Map() };
  const told = encoder.encode('{"jsonrpc":"2.0","method":"notifications/initialized"}');
  (await post(parts, { line: told, id: null, spoken: initialized, signal })).resume();
}
