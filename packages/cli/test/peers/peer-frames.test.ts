import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { encodeFrame, PeerFrameReader, type PeerFrame } from '../../src/peers/peer-frames.ts';
import { runs } from '../../../../test/support/runs.ts';

const frame = fc.record({
  kind: fc.nat(255),
  id: fc.nat(2 ** 32 - 1),
  payload: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
});

test('law: frames arrive as they were sent, however the bytes are cut', () => {
  fc.assert(
    fc.property(fc.array(frame, { maxLength: 12 }), fc.array(fc.integer({ min: 1, max: 64 })), (sent, cuts) => {
      const received: PeerFrame[] = [];
      const reader = new PeerFrameReader((each) => received.push(each));
      let rest = Buffer.concat(sent.map(({ kind, id, payload }) => encodeFrame(kind, id, payload)));
      for (const cut of cuts) {
        reader.push(rest.subarray(0, cut));
        rest = rest.subarray(cut);
      }
      reader.push(rest);
      expect(received.map((each) => ({ ...each, payload: Buffer.from(each.payload) }))).toEqual(sent);
    }),
    { numRuns: runs(200) },
  );
});

test('law: bytes that are not frames of the permitted size end with an error, without more memory than the limit', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 4, maxLength: 600 }), (bytes) => {
      const reader = new PeerFrameReader(() => undefined, 256);
      const wanted = Buffer.from(bytes).readUInt32BE(0) + 4;
      if (wanted >= 9 && wanted <= 256) return;
      expect(() => {
        reader.push(Buffer.from(bytes));
      }).toThrow(RangeError);
    }),
    { numRuns: runs(200) },
  );
});
