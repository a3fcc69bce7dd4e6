import type { Entropy } from '../ports/index.ts';

/** The machine's own source of randomness, for runtimes that are given none. */
export const systemEntropy: Entropy = { bytes: (length) => crypto.getRandomValues(new Uint8Array(length)) };
