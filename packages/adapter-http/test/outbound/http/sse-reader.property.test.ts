import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { SseReader, type SseEvent } from '../../../src/outbound/http/sse-reader.ts';

const lineEnd = fc.constantFrom('\n', '\r\n', '\r');
const line = fc.string({ unit: 'grapheme' }).map((text) => text.replace(/[\r\n]/g, ''));
const block = fc.record({
  comment: fc.option(line, { nil: undefined }),
  type: fc.constantFrom('message', 'endpoint', ''),
  data: fc.array(line, { minLength: 1, maxLength: 3 }),
  end: lineEnd,
});

const written = ({
  comment,
  type,
  data,
  end,
}: {
  comment: string | undefined;
  type: string;
  data: string[];
  end: string;
}): string =>
  [
    ...(comment === undefined ? [] : [`:${comment}`]),
    ...(type === '' ? [] : [`event: ${type}`]),
    ...data.map((text) => `data: ${text}`),
    '',
    '',
  ].join(end);

/** The stream cut at the given places. */
function read(bytes: Buffer, cuts: readonly number[]): readonly SseEvent[] {
  const events: SseEvent[] = [];
  const reader = new SseReader(1_000_000, (event) => events.push(event));
  const places = [...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
  let from = 0;
  for (const to of places) {
    reader.push(bytes.subarray(from, to));
    from = to;
  }
  return events;
}

test('events are the same however the stream is cut, with every kind of line end', () => {
  fc.assert(
    fc.property(fc.array(block, { maxLength: 4 }), fc.array(fc.nat(), { maxLength: 8 }), (blocks, cuts) => {
      const events = read(Buffer.from(blocks.map(written).join('')), cuts);
      const expected = blocks
        .map(({ type, data }) => ({ type: type === '' ? 'message' : type, data: data.join('\n') }))
        .filter(({ data }) => data !== '');
      expect(events.map(({ type, data }) => ({ type, data: Buffer.from(data).toString('utf8') }))).toEqual(expected);
    }),
  );
});

test('ids and retry times are kept, comments and unknown fields mean nothing, and an open event is none', () => {
  const events: SseEvent[] = [];
  const reader = new SseReader(1_000, (event) => events.push(event));
  reader.push(Buffer.from('id: 7\nretry: 250\nfoo: bar\n: hello\ndata\n\nid: 8\ndata:x\n\nid: 9\ndata: not yet'));
  expect(events.map(({ data, id }) => [Buffer.from(data).toString(), id])).toEqual([['x', '8']]);
  expect(reader.retryMs).toBe(250);
});

test('U04 U06 an event beyond the bound is refused as soon as it is, and comments without end cost nothing', () => {
  const reader = new SseReader(1_000, () => undefined);
  for (let i = 0; i < 1_000; i += 1) reader.push(Buffer.from(': ping ping ping\n\n'));
  reader.push(Buffer.from('data: '));
  expect(() => {
    for (let i = 0; i < 3; i += 1) reader.push(Buffer.alloc(500, 0x78));
  }).toThrow('larger than 1000 bytes');
});
