import type { Daemon } from './daemon.ts';

export interface SseEvent {
  readonly id: string | undefined;
  readonly retry: string | undefined;
  /** Undefined for an event without data. */
  readonly message: Readonly<Record<string, unknown>> | undefined;
}

/** Reads an SSE stream event by event. */
export interface SseReader {
  readonly status: number;
  readonly headers: Headers;
  /** Returns the next event; undefined at the end of the stream. */
  next(): Promise<SseEvent | undefined>;
  hangUp(): Promise<void>;
}

export interface Opening {
  readonly method?: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly path?: string;
}

export async function openStream(
  { url }: Pick<Daemon, 'url'>,
  { method = 'GET', headers = {}, body, path = '/mcp' }: Opening = {},
): Promise<SseReader> {
  const abort = new AbortController();
  const answer = await fetch(url + path, {
    method,
    signal: abort.signal,
    headers: { accept: method === 'GET' ? 'text/event-stream' : 'application/json, text/event-stream', ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const reader = (answer.body ?? new ReadableStream<Uint8Array>()).getReader();
  const decoder = new TextDecoder();
  let text = '';
  const next = async (): Promise<SseEvent | undefined> => {
    for (;;) {
      const end = text.indexOf('\n\n');
      if (end < 0) {
        const { value, done } = await reader.read();
        if (done) return undefined;
        text += decoder.decode(value, { stream: true });
        continue;
      }
      const lines = text.slice(0, end).split('\n');
      text = text.slice(end + 2);
      const field = (name: string): string | undefined =>
        lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
      const data = field('data');
      // A comment keeps the connection alive and has no content.
      if (data === undefined) continue;
      const message = data === '' ? undefined : (JSON.parse(data) as Readonly<Record<string, unknown>>);
      return { id: field('id'), retry: field('retry'), message };
    }
  };
  return {
    status: answer.status,
    headers: answer.headers,
    next,
    hangUp: async () => {
      abort.abort();
      await reader.closed.catch(() => undefined);
    },
  };
}
