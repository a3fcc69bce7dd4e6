import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { unreachable, type Answer } from './exchange.ts';

export interface EventFrame {
  /** Absent for a frame that can not be asked for again. */
  readonly id?: string;
  readonly event: string;
  readonly data: string;
}

export interface StreamOptions {
  readonly token?: string;
  readonly lastEventId?: string;
  /** Ends the stream. */
  readonly signal?: AbortSignal;
}

/** Longer than the daemon is ever silent. */
const SILENCE_LIMIT_MS = 60_000;
const MAX_REFUSAL_BYTES = 64 * 1024;
const MAX_FRAME_CHARACTERS = 1024 * 1024;

/** Opens a stream of server-sent events: the frames as they come, or what was answered instead. */
export function openStream(
  url: URL,
  { token, lastEventId, signal }: StreamOptions,
): Promise<(() => AsyncGenerator<EventFrame>) | Answer> {
  const headers = {
    accept: 'text/event-stream',
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
  };
  return new Promise((resolve, reject) => {
    const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
    const ended = signal === undefined ? {} : { signal };
    const sent = send(url, { headers, agent: false, timeout: SILENCE_LIMIT_MS, ...ended }, (answer) => {
      const isStream = answer.headers['content-type']?.startsWith('text/event-stream') === true;
      if (answer.statusCode === 200 && isStream) resolve(() => framesOf(answer));
      else readRefusal(answer).then(resolve, reject);
    });
    sent.on('timeout', () => {
      sent.destroy(new Error('the daemon has fallen silent'));
    });
    sent.on('error', (error) => {
      reject(unreachable(url, error));
    });
    sent.end();
  });
}

async function readRefusal(answer: IncomingMessage): Promise<Answer> {
  let text = '';
  for await (const chunk of answer.setEncoding('utf8') as AsyncIterable<string>) {
    text += chunk;
    if (text.length > MAX_REFUSAL_BYTES) break;
  }
  return { status: answer.statusCode ?? 0, text };
}

/** Reads frames until the connection ends, however it ends: whoever follows comes back. */
async function* framesOf(answer: IncomingMessage): AsyncGenerator<EventFrame> {
  let rest = '';
  try {
    for await (const chunk of answer.setEncoding('utf8') as AsyncIterable<string>) {
      const frames = (rest + chunk).split('\n\n');
      rest = frames.pop() ?? '';
      if (rest.length > MAX_FRAME_CHARACTERS) return;
      for (const text of frames) {
        const frame = frameOf(text);
        if (frame !== undefined) yield frame;
      }
    }
  } catch {
    // The daemon has gone, or the network: the same to the reader as an end.
  } finally {
    answer.destroy();
  }
}

function frameOf(text: string): EventFrame | undefined {
  const fields = new Map<string, string>();
  for (const line of text.split('\n')) {
    const colon = line.indexOf(':');
    if (colon > 0) fields.set(line.slice(0, colon), line.slice(colon + 1).replace(/^ /, ''));
  }
  const data = fields.get('data');
  if (data === undefined) return undefined;
  const id = fields.get('id');
  return { event: fields.get('event') ?? 'message', data, ...(id === undefined ? {} : { id }) };
}
