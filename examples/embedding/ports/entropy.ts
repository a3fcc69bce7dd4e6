import { createHash } from 'node:crypto';
import type { Entropy } from '@clarity-runtime/core/ports';

/** Returns the same bytes for the same seed. Use it in tests only: ids and keys become predictable. */
export function seededEntropy(seed: string): Entropy {
  let count = 0;
  return {
    bytes: (length) => {
      const blocks: Buffer[] = [];
      for (let size = 0; size < length; size += 32) {
        blocks.push(
          createHash('sha256')
            .update(`${seed}/${String(count++)}`)
            .digest(),
        );
      }
      return new Uint8Array(Buffer.concat(blocks).subarray(0, length));
    },
  };
}
