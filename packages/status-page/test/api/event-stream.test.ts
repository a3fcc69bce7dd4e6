import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { EventParser, type StreamEvent } from '../../src/api/event-stream.ts';

const STREAM =
  'id: 1\nevent: state\ndata: {"a":1}\n\n: comment\n\nid: 2\r\nevent: log\r\ndata: x\r\ndata: y\r\n\r\nevent: beat\ndata\n\ndata:z\n\n';
const EVENTS: readonly StreamEvent[] = [
  { id: '1', event: 'state', data: '{"a":1}' },
  { id: '2', event: 'log', data: 'x\ny' },
  { id: '2', event: 'beat', data: '' },
  { id: '2', event: 'message', data: 'z' },
];

test('a stream gives the same events with any borders of its chunks', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(STREAM.length)), (cuts) => {
      const places = [0, ...cuts.sort((a, b) => a - b), STREAM.length];
      const parser = new EventParser();
      const events = places.slice(1).flatMap((end, index) => parser.push(STREAM.slice(places[index], end)));
      expect(events).toEqual(EVENTS);
    }),
  );
});

test('a line without an end is refused at 8,000,000 characters', () => {
  const parser = new EventParser();
  expect(() => parser.push('x'.repeat(8_000_001))).toThrow(RangeError);
});
