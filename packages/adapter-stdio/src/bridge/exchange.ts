import type { IncomingMessage } from 'node:http';
import type { McpRequest } from '@clarity-runtime/core';
import { notificationBytes, readMessage, readSseEvents } from '@clarity-runtime/core/protocol';
import type { BridgeConversation } from './conversation.ts';
import type { StdioDaemonClient } from './daemon-client.ts';
import { bodyOf, bridgeError, isSameId, replyIn, thrown, type IdText } from './response.ts';

export interface ExchangeDependencies {
  readonly client: StdioDaemonClient;
  readonly conversation: BridgeConversation;
  readonly maxReplyBytes: number;
  /** Writes a notification or a request of the daemon to the client. */
  readonly passOn: (message: Uint8Array) => void;
  readonly log: (line: string) => void;
}

/** One line of the client on its way to the daemon. */
export interface Outgoing {
  readonly line: Uint8Array;
  readonly id: IdText;
  /** Undefined for a batch and for a response. */
  readonly message: McpRequest | undefined;
  readonly signal: AbortSignal;
}

const ACCEPTED = 'application/json, text/event-stream';

/**
 * Sends one request and returns its reply. Returns an error reply if the daemon cannot be reached.
 * Rejects only when the signal aborts.
 */
export async function exchange(dependencies: ExchangeDependencies, outgoing: Outgoing): Promise<Uint8Array> {
  const { client, conversation } = dependencies;
  const { id, signal, message } = outgoing;
  try {
    let response = await post(dependencies, outgoing);
    if (response.statusCode === 404 && conversation.session !== undefined && message?.method !== 'initialize') {
      response.resume();
      await renew(dependencies, signal);
      response = await post(dependencies, outgoing);
    }
    const reply = await replyTo(dependencies, outgoing, response);
    if (message?.method === 'initialize') settle(conversation, response, reply);
    if (message !== undefined) conversation.learn(message.method, reply);
    return reply;
  } catch (error) {
    if (signal.aborted) throw error;
    return bridgeError(id, unreachable(client.place, error));
  }
}

export const post = (
  { client, conversation }: ExchangeDependencies,
  { line, message, signal }: Outgoing,
): Promise<IncomingMessage> =>
  client.send({
    method: 'POST',
    headers: { accept: ACCEPTED, ...conversation.headersOf(message) },
    body: line,
    signal,
  });

/** Returns the message for an exchange that failed before a response. */
export function unreachable(place: string, error: unknown): string {
  const { code, message } = thrown(error);
  if (code === 'ECONNREFUSED') return `no daemon listens at ${place}: start it with \`npx clarityd\``;
  return `the daemon at ${place} cannot be reached: ${message}`;
}

async function replyTo(
  dependencies: ExchangeDependencies,
  { id, message }: Outgoing,
  response: IncomingMessage,
): Promise<Uint8Array> {
  const { client, maxReplyBytes, passOn, log } = dependencies;
  const isStream = response.headers['content-type']?.startsWith('text/event-stream') === true;
  if (!isStream || response.statusCode !== 200) {
    const body = await bodyOf(response, maxReplyBytes);
    // A batch of notifications has an empty response.
    if (message === undefined && (response.statusCode === 200 || response.statusCode === 202)) return body;
    return replyIn(response, body, { id, place: client.place, hide: client.hide });
  }
  for await (const { data } of readSseEvents(response, maxReplyBytes)) {
    if (data.length === 0) continue;
    const received = readMessage(data, 'server');
    if (received.kind === 'reply' && isSameId(received.id, id)) {
      response.resume();
      return data;
    }
    if (received.kind === 'invalid' || received.kind === 'reply') log(UNEXPECTED_MESSAGE);
    else passOn(data);
  }
  return bridgeError(id, `the daemon at ${client.place} ended the stream before it answered`);
}

/** Log line for a message of the daemon that the client must not get. */
export const UNEXPECTED_MESSAGE = 'the daemon sent a message that this client has not requested';

function settle(conversation: BridgeConversation, response: IncomingMessage, reply: Uint8Array): void {
  const message = readMessage(reply, 'server');
  if (message.kind === 'reply' && 'result' in message.reply) conversation.settle(response, message.reply.result);
}

/** Repeats the client's handshake after the daemon has lost the session. */
async function renew(dependencies: ExchangeDependencies, signal: AbortSignal): Promise<void> {
  const { conversation, log } = dependencies;
  const line = conversation.opening;
  if (line === undefined) return;
  const opening = readMessage(line, 'client');
  if (opening.kind !== 'request') return;
  log('the daemon has lost the session: the bridge opens a new one');
  conversation.begin(line);
  const handshake: Outgoing = { line, id: opening.request.id, message: opening.request, signal };
  const response = await post(dependencies, handshake);
  settle(conversation, response, await replyTo(dependencies, handshake, response));
  const initialized = { method: 'notifications/initialized', params: new Map() };
  const notification = { line: notificationBytes(initialized), id: 'null', message: initialized, signal };
  (await post(dependencies, notification)).resume();
}
