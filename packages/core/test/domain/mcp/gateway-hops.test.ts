import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { circleOf, hopMark, hopsIn, reachesIn } from '../../../src/domain/mcp/gateway-hops.ts';

const id = fc.stringMatching(/^[0-9a-f]{16}$/);
const marks = fc.array(fc.tuple(id, fc.stringMatching(/^[a-z0-9_-]{1,20}$/)), { maxLength: 15 });

test('R150a circleOf finds a circle exactly if the gateway is among the marks', () => {
  fc.assert(
    fc.property(marks, id, fc.boolean(), fc.nat(), (pairs, own, isOn, at) => {
      const hops = pairs.map(([gateway, service]) => hopMark(gateway, service));
      if (isOn) hops.splice(at % (hops.length + 1), 0, hopMark(own, 'self'));
      const expected = isOn && hops.length < 16;
      expect(circleOf(hops, own) !== undefined).toBe(isOn || hops.length >= 16);
      if (expected) expect(circleOf(hops, own)).toContain("through its service 'self'");
    }),
    { numRuns: 100 },
  );
});

test('R150a circleOf names every service of the circle', () => {
  const [a, b, c] = ['a', 'b', 'c'].map((letter) => letter.repeat(16)) as [string, string, string];
  const hops = [hopMark(c, 'entry'), hopMark(a, 'team'), hopMark(b, 'back')];
  expect(circleOf(hops, a)).toBe("through its service 'team', then 'back' of gateway bbbbbbbb");
  expect(
    circleOf(
      Array.from({ length: 16 }, () => hopMark(b, 'x')),
      a,
    ),
  ).toBe('a request passed 16 gateways');
});

test('R150a hopsIn reads the same marks from a header and from _meta, and ignores any other value', () => {
  fc.assert(
    fc.property(marks, fc.anything(), (pairs, other) => {
      const hops = pairs.map(([gateway, service]) => hopMark(gateway, service));
      expect(hopsIn(hops)).toEqual(hops);
      expect(hopsIn(hops.join(', '))).toEqual(hops);
      expect(hopsIn([...hops, { evil: 1 }, '<script>'])).toEqual(hops);
      expect(hopsIn(other).length + reachesIn(other).length).toBeGreaterThanOrEqual(0);
    }),
    { numRuns: 100 },
  );
});
