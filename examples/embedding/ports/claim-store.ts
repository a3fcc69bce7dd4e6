import type { ClaimRecord } from '@clarity-runtime/core';
import { MemoryClaimStore } from '@clarity-runtime/core/memory';
import { inMemory } from '@clarity-runtime/core/registry';

type Put = Parameters<MemoryClaimStore['put']>;

/** Names of services that the runtimes of one process share. Tells the application which service gets a name. */
export class ReportedNames extends MemoryClaimStore {
  readonly #tell: (name: string, serviceId: string) => void;

  constructor(tell: (name: string, serviceId: string) => void) {
    const backing = inMemory<ClaimRecord>();
    super({ ...backing, capabilities: { ...backing.capabilities, shared: true } });
    this.#tell = tell;
  }

  override async put(...args: Put): ReturnType<MemoryClaimStore['put']> {
    const stored = await super.put(...args);
    this.#tell(stored.value.name, stored.value.serviceId);
    return stored;
  }
}
