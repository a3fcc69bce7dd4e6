import type { Daemon } from './daemon.ts';

export interface Frame {
  readonly id?: string;
  readonly event?: string;
  readonly data?: string;
  readonly retry?: string;
  /** A comment line. */
  readonly comment?: string;
}

/** A client of `/api/events` that parses frames like a browser. */
export interface EventClient extends AsyncDisposable {
  readonly response: Response;
  /** Resolves with all frames up to the first matching one; undefined if the stream ends before. */
  until(isWanted: (frame: Frame) => boolean): Promise<readonly Frame[] | undefined>;
  /** Resolves when the stream ends. */
  ended(): Promise<readonly Frame[]>;
}

export async function watchEvents(
  { url }: Daemon,
  headers: Readonly<Record<string, string>> = {},
  path = '/api/events',
): Promise<EventClient> {
  const stop = new AbortController();
  const response = await fetch(url + path, { headers, signal: stop.signal });
  const frames = framesOf(response);
  const until = async (isWanted: (frame: Frame) => boolean): Promise<readonly Frame[] | undefined> => {
    const seen: Frame[] = [];
    for (;;) {
      const { value, done } = await frames.next();
      if (done === true) return undefined;
      seen.push(value);
      if (isWanted(value)) return seen;
    }
  };
  return {
    response,
    until,
    ended: async () => {
      const seen: Frame[] = [];
      for await (const frame of frames) seen.push(frame);
      return seen;
    },
    [Symbol.asyncDispose]: () => {
      stop.abort();
      return Promise.resolve();
    },
  };
}

export function parseFrame(text: string): Frame {
  const fields = text.split('\n').map((line): [string, string] => {
    const [, name = '', value = ''] = /^([^:]*):? ?([^]*)$/.exec(line) ?? [];
    return [name === '' ? 'comment' : name, value];
  });
  return Object.fromEntries(fields);
}

async function* framesOf({ body }: Response): AsyncGenerator<Frame, undefined> {
  let rest = '';
  const decoder = new TextDecoder();
  for await (const chunk of (body ?? []) as unknown as AsyncIterable<Uint8Array>) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split('\n\n');
    rest = parts.pop() ?? '';
    yield* parts.map(parseFrame);
  }
  return undefined;
}
