import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { encodeFrame, FrameReader } from '../../src/process/frames.ts';

const frame = fc.record({ kind: fc.nat(255), id: fc.nat(0xffff_ffff), payload: fc.uint8Array({ maxLength: 300 }) });

test('a reader returns the frames of a stream, however it is cut', () => {
  const law = fc.property(
    fc.array(frame, { maxLength: 20 }),
    fc.array(fc.nat(700), { maxLength: 30 }),
    (frames, cuts) => {
      const stream = Buffer.concat(frames.flatMap(({ kind, id, payload }) => encodeFrame(kind, id, payload)));
      const places = [0, ...cuts.map((cut) => Math.min(cut, stream.length)).sort((a, b) => a - b), stream.length];
      const reader = new FrameReader(1_000);
      const read = places.slice(1).flatMap((end, at) => [...reader.read(stream.subarray(places[at], end))]);
      expect(read.map(({ kind, id, payload }) => ({ kind, id, payload: Uint8Array.from(payload) }))).toEqual(frames);
    },
  );
  fc.assert(law, { numRuns: 200 });
});

test('T-567 a frame that is too long or too short is refused before its content arrives', () => {
  const long = Buffer.alloc(9);
  long.writeUInt32LE(1_001, 0);
  expect(() => new FrameReader(1_000).read(long)).toThrow(RangeError);
  expect(() => new FrameReader(1_000).read(Buffer.alloc(9))).toThrow(RangeError);
});
