import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  encodeNotification,
  readSseEvents,
  sseComment,
  sseEvent,
  sseMessage,
  SseReader,
  type SseEvent,
} from '@clarity-runtime/core/protocol';
import { RawJson } from '@clarity-runtime/core';

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const lineEnd = fc.constantFrom('\n', '\r\n', '\r');
const anyText = fc.constantFrom('grapheme', 'binary' as const).chain((unit) => fc.string({ unit }));
const line = anyText.map((text) => text.replace(/[\r\n]/g, ''));
const block = fc.record({
  comment: fc.option(line, { nil: undefined }),
  type: fc.constantFrom('message', 'endpoint', ''),
  data: fc.array(line, { minLength: 1, maxLength: 4 }),
  end: lineEnd,
});
type Block = typeof block extends fc.Arbitrary<infer B> ? B : never;

const streamOf = ({ comment, type, data, end }: Block): string =>
  [
    ...(comment === undefined ? [] : [`:${comment}`]),
    ...(type === '' ? [] : [`event: ${type}`]),
    ...data.map((text) => `data: ${text}`),
    '',
    '',
  ].join(end);

/** Reads the stream in chunks that end at the given places. */
function readChunks(bytes: Uint8Array, cuts: readonly number[], maxEventBytes = 1_000_000): readonly SseEvent[] {
  const events: SseEvent[] = [];
  const reader = new SseReader(maxEventBytes, (event) => events.push(event));
  const places = [...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
  let from = 0;
  for (const to of places) {
    reader.push(bytes.subarray(from, to));
    from = to;
  }
  return events;
}

const textsOf = (events: readonly SseEvent[]) =>
  events.map(({ type, data, ...rest }) => ({ type, data: decoder.decode(data), ...rest }));
const readText = (text: string): ReturnType<typeof textsOf> => textsOf(readChunks(encoder.encode(text), []));
const cuts = fc.array(fc.nat(), { maxLength: 8 });

test('SseReader returns the same events for every chunking and every line end', () => {
  fc.assert(
    fc.property(fc.array(block, { maxLength: 4 }), fc.boolean(), cuts, (blocks, hasMark, places) => {
      const stream = `${hasMark ? '\ufeff' : ''}${blocks.map(streamOf).join('')}`;
      const expected = blocks.map(({ type, data }) => ({
        type: type === '' ? 'message' : type,
        data: data.join('\n'),
      }));
      // Without a mark the stream can begin with the mark of a comment or a field only.
      expect(textsOf(readChunks(encoder.encode(stream), places))).toEqual(expected);
    }),
  );
});

test('SseReader returns the same events when every byte is a chunk of its own', () => {
  fc.assert(
    fc.property(fc.array(block, { maxLength: 3 }), (blocks) => {
      const bytes = encoder.encode(blocks.map(streamOf).join(''));
      const everyPlace = Array.from(bytes.keys());
      expect(textsOf(readChunks(bytes, everyPlace))).toEqual(textsOf(readChunks(bytes, [])));
    }),
  );
});

test('SseReader reads what sseEvent writes, with line ends as line feeds', () => {
  const name = fc.string({ unit: 'grapheme-ascii', minLength: 1 });
  const fields = fc.record({ id: name, event: name, retryMs: fc.nat(999_999_999), data: anyText });
  fc.assert(
    fc.property(fc.array(fields, { maxLength: 4 }), cuts, (events, places) => {
      const stream = events.map((event) => sseComment(event.data) + sseEvent(event)).join('');
      const expected = events.map(({ id, event, data }) => ({ id, type: event, data: data.replace(/\r\n?/g, '\n') }));
      expect(textsOf(readChunks(encoder.encode(stream), places))).toEqual(expected);
    }),
  );
});

test('SseReader reads the JSON of messages that sseMessage writes', () => {
  const indent = fc.constantFrom<string | number>(0, 2, '\t', '\n');
  fc.assert(
    fc.property(fc.jsonValue(), indent, cuts, (value, space, places) => {
      const params = new Map([['value', RawJson.fromText(JSON.stringify(value, null, space))]]);
      const { head, body, tail } = sseMessage(encodeNotification({ method: 'notifications/x', params }), 'id-1');
      const bytes = Uint8Array.from([...encoder.encode(head), ...body, ...encoder.encode(tail)]);
      const [event, ...others] = textsOf(readChunks(bytes, places));
      expect(others).toEqual([]);
      expect(event).toMatchObject({ type: 'message', id: 'id-1' });
      expect(JSON.parse(event?.data ?? '')).toEqual({
        jsonrpc: '2.0',
        method: 'notifications/x',
        params: { value: JSON.parse(JSON.stringify(value)) as unknown },
      });
    }),
  );
});

test('SseReader keeps ids and retry times, and ignores comments, unknown fields and an incomplete event', () => {
  const events: SseEvent[] = [];
  const reader = new SseReader(1_000, (event) => events.push(event));
  reader.push(
    encoder.encode('id: 7\nretry: 250\nfoo: bar\n: hello\ndata\n\nid: 8\ndata:x\n\ndata:y\n\nid: 9\ndata: z'),
  );
  expect(textsOf(events).map(({ data, id }) => [data, id])).toEqual([
    ['', '7'],
    ['x', '8'],
    ['y', '8'],
  ]);
  expect([reader.retryMs, reader.lastId]).toEqual([250, '8']);
});

test.each([
  ['a null in an id', 'id: a\0b\ndata: x\n\n', undefined],
  ['an id of 1,025 bytes', `id: ${'i'.repeat(1_025)}\ndata: x\n\n`, undefined],
  ['an empty id', 'id: 1\n\nid\ndata: x\n\n', undefined],
  ['an id of 1,024 bytes', `id: ${'i'.repeat(1_024)}\ndata: x\n\n`, 'i'.repeat(1_024)],
])('SseReader reads the id of an event with %s', (_case, stream, id) => {
  expect(readText(stream)).toEqual([
    id === undefined ? { type: 'message', data: 'x' } : { type: 'message', data: 'x', id },
  ]);
});

test.each(['retry: 1s\n', 'retry: -1\n', 'retry:\n', 'retry: 1234567890\n'])('SseReader ignores %j', (field) => {
  const reader = new SseReader(1_000, () => undefined);
  reader.push(encoder.encode(field));
  expect(reader.retryMs).toBeUndefined();
});

test('SseReader skips one byte order mark at the start only, and a part of one is text', () => {
  expect(readText('\ufeffdata: x\n\n')).toEqual([{ type: 'message', data: 'x' }]);
  expect(readText('\ufeff\ufeffdata: x\n\n')).toEqual([]);
  expect(readText('data: x\n\n\ufeffdata: y\n\n')).toEqual([{ type: 'message', data: 'x' }]);
  const partial = Uint8Array.from([0xef, 0xbb, 0x0a, ...encoder.encode('data: x\n\n')]);
  expect(textsOf(readChunks(partial, [1]))).toEqual([{ type: 'message', data: 'x' }]);
});

test('SseReader removes one blank after the colon only', () => {
  expect(readText('data:  x \nevent:e\n\n')).toEqual([{ type: 'e', data: ' x ' }]);
});

test('U04 U06 SseReader rejects an event over the limit at once, and endless comments use no memory', () => {
  const reader = new SseReader(1_000, () => undefined);
  for (let i = 0; i < 1_000; i += 1) reader.push(encoder.encode(': ping ping ping\n\n'));
  for (let i = 0; i < 1_000; i += 1) reader.push(encoder.encode(': ping ping ping\n'));
  reader.push(encoder.encode('data: '));
  expect(() => {
    for (let i = 0; i < 3; i += 1) reader.push(new Uint8Array(500).fill(0x78));
  }).toThrow('larger than 1000 bytes');
});

test.each(['data\n', 'data: x\n', 'event: x\n', 'id: x\n', 'foo: x\n'])(
  'U04 SseReader rejects an event with many lines %j that exceed the limit together',
  (field) => {
    const bytes = encoder.encode(field.repeat(1_000));
    expect(() => readChunks(bytes, [], 999)).toThrow('larger than 999 bytes');
  },
);

test('SseReader accepts an event of exactly the limit, in several lines', () => {
  const stream = encoder.encode('data: abc\ndata: def\n\n');
  expect(textsOf(readChunks(stream, [], 19))).toEqual([{ type: 'message', data: 'abc\ndef' }]);
  expect(() => readChunks(stream, [], 18)).toThrow('larger than 18 bytes');
});

test('sseEvent replaces line ends and nulls in id and event', () => {
  expect(sseEvent({ id: '1\ndata: evil', event: 'a\r\nb\0', data: 'x' })).toBe(
    'id: 1 data: evil\nevent: a  b \ndata: x\n\n',
  );
  expect(sseComment('a\ndata: evil')).toBe(': a data: evil\n\n');
});

test('readSseEvents yields the events of every chunk and rejects when one is too large', async () => {
  async function* chunks(): AsyncGenerator<Uint8Array> {
    yield encoder.encode('data: a\n\ndata: b\n\nda');
    yield await Promise.resolve(encoder.encode('ta: c\n\n'));
    yield encoder.encode(`data: ${'x'.repeat(100)}\n\n`);
  }
  const read: string[] = [];
  const reading = (async () => {
    for await (const { data } of readSseEvents(chunks(), 50)) read.push(decoder.decode(data));
  })();
  await expect(reading).rejects.toMatchObject({ code: 'PAYLOAD_TOO_LARGE' });
  expect(read).toEqual(['a', 'b', 'c']);
});
