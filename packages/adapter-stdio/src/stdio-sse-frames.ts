import { StringDecoder } from 'node:string_decoder';

export interface SseFrame {
  readonly data: string;
  readonly id?: string;
}

/** Reads the events of a stream that hold data; ends when the stream does, and fails when one is longer than allowed. */
export async function* stdioSseFrames(chunks: AsyncIterable<Uint8Array>, longest: number): AsyncGenerator<SseFrame> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  let frame: { data: string[]; id?: string } = { data: [] };
  for await (const chunk of chunks) {
    const lines = (rest + decoder.write(Buffer.from(chunk))).split(/\r\n|\n/);
    rest = lines.pop() ?? '';
    if (rest.length > longest) throw new Error('an event of the daemon is too long');
    for (const line of lines) {
      if (line === '') {
        if (frame.data.length > 0) yield { ...frame, data: frame.data.join('\n') };
        frame = { data: [] };
      } else take(frame, line);
    }
  }
}

function take(frame: { data: string[]; id?: string }, line: string): void {
  const colon = line.indexOf(':');
  const name = colon < 0 ? line : line.slice(0, colon);
  const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
  if (name === 'data') frame.data.push(value);
  if (name === 'id') frame.id = value;
}
