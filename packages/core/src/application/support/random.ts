import type { Entropy } from '../../ports/index.ts';

/** Returns a number in [0, 1). */
export function randomFraction(entropy: Entropy): number {
  const [a = 0, b = 0, c = 0, d = 0] = entropy.bytes(4);
  return (((a << 24) | (b << 16) | (c << 8) | d) >>> 0) / 2 ** 32;
}
