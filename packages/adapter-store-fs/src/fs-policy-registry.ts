import { MemoryPolicyRegistry } from '@clarity-runtime/core/memory';
import type { PolicyRegistry } from '@clarity-runtime/core/ports';
import { openRegistry, type FsRegistryOptions } from './open-registry.ts';
import { encodePolicies, readPolicies } from './policy-file.ts';

/** `policies.json` in a folder: what `openRegistry` says of a file. */
export async function fsPolicyRegistry(options: FsRegistryOptions): Promise<PolicyRegistry> {
  const decode = (bytes: Uint8Array) => ({ state: readPolicies(bytes), aged: false });
  const writer = await openRegistry({ name: 'policies.json', encode: encodePolicies, decode }, options);
  return new MemoryPolicyRegistry({
    get state() {
      return writer.state;
    },
    capabilities: { durable: 'power', watch: 'poll', maxValueBytes: 256 * 1024 },
    commit: (change) => writer.commit(change),
    close: () => writer.close(),
    now: options.now ?? (() => new Date()),
  });
}
