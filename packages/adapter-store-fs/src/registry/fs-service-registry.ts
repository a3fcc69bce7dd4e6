import { MemoryServiceRegistry } from '@clarity-runtime/core/memory';
import type { ServiceRegistry } from '@clarity-runtime/core/ports';
import { openRegistry, type FsRegistryOptions } from './open-registry.ts';
import { encodeRegistry, digestMismatch, readRegistry } from './registry-file.ts';

/** Opens `registry.json` in a folder. @throws StoreError as `openRegistry` does. */
export async function fsServiceRegistry(options: FsRegistryOptions): Promise<ServiceRegistry> {
  const decode = (bytes: Uint8Array) => {
    const { state, digest } = readRegistry(bytes);
    if (digest === 'mismatch') throw digestMismatch();
    return { state, isLegacy: digest === 'absent' };
  };
  return new MemoryServiceRegistry(
    await openRegistry({ name: 'registry.json', encode: encodeRegistry, decode }, options),
  );
}
