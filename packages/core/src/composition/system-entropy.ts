import type { Entropy } from '../ports/index.ts';

/** Random source of the machine, the default of `PORT.entropy`. */
export const systemEntropy: Entropy = { bytes: (length) => crypto.getRandomValues(new Uint8Array(length)) };
