import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { readSseEvents } from '@clarity-runtime/core/protocol';
import { TENANT_HEADER, unreachable, type Answer } from './exchange.ts';

/** One event of the daemon's event stream. */
export interface EventFrame {
  /** Id from which the stream can be resumed. Absent before the first event with an id. */
  readonly id?: string;
  readonly event: string;
  readonly data: string;
}

export interface StreamOptions {
  readonly token?: string;
  readonly tenant?: string;
  readonly lastEventId?: string;
  /** Ends the stream. */
  readonly signal?: AbortSignal;
}

/** Idle timeout of the stream. The daemon sends heartbeats at a shorter interval. */
const IDLE_TIMEOUT_MS = 60_000;
const MAX_REFUSAL_CHARACTERS = 64 * 1024;
const MAX_EVENT_BYTES = 1024 * 1024;

/** Opens a stream of server-sent events. Resolves with its events, or with the response if it is not a stream. */
export function openStream(
  url: URL,
  { token, tenant, lastEventId, signal }: StreamOptions,
): Promise<(() => AsyncGenerator<EventFrame>) | Answer> {
  const headers = {
    accept: 'text/event-stream',
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...(tenant === undefined ? {} : { [TENANT_HEADER]: tenant }),
    ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
  };
  return new Promise((resolve, reject) => {
    const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
    const abort = signal === undefined ? {} : { signal };
    const request = send(url, { headers, agent: false, timeout: IDLE_TIMEOUT_MS, ...abort }, (response) => {
      const isStream = response.headers['content-type']?.startsWith('text/event-stream') === true;
      if (response.statusCode === 200 && isStream) resolve(() => eventsOf(response));
      else readRefusal(response).then(resolve, reject);
    });
    request.on('timeout', () => {
      request.destroy(new Error(`no event or heartbeat within ${String(IDLE_TIMEOUT_MS / 1000)} seconds`));
    });
    request.on('error', (error) => {
      reject(unreachable(url, error));
    });
    request.end();
  });
}

async function readRefusal(response: IncomingMessage): Promise<Answer> {
  let text = '';
  for await (const chunk of response.setEncoding('utf8') as AsyncIterable<string>) {
    text += chunk;
    if (text.length > MAX_REFUSAL_CHARACTERS) break;
  }
  return { status: response.statusCode ?? 0, text };
}

/** Yields events until the connection ends or fails, or an event is too large. The caller reconnects in each case. */
async function* eventsOf(response: IncomingMessage): AsyncGenerator<EventFrame> {
  const decoder = new TextDecoder();
  try {
    for await (const { id, type, data } of readSseEvents(response, MAX_EVENT_BYTES)) {
      yield { event: type, data: decoder.decode(data), ...(id === undefined ? {} : { id }) };
    }
  } catch {
    // A lost connection is the end of the stream.
  } finally {
    response.destroy();
  }
}
