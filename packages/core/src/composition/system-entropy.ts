import { randomFillSync } from 'node:crypto';
import type { Entropy } from '../ports/index.ts';

/** Random source of the machine, the default of `PORT.entropy`. The global `crypto` would load all of Web Crypto for it. */
export const systemEntropy: Entropy = { bytes: (length) => randomFillSync(new Uint8Array(length)) };
