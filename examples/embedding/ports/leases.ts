import type { Leases } from '@clarity-runtime/core/ports';

/** A lease that another holder has. */
export interface Wait {
  readonly name: string;
  readonly by: string;
}

/** Leases that tell the application which other holder a runtime waits for. `leases` decides who holds what. */
export function reportedLeases(leases: Leases, onWait: (wait: Wait) => void): Leases {
  return {
    capabilities: leases.capabilities,
    acquire: async (tenant, name, request) => {
      const answer = await leases.acquire(tenant, name, request);
      if (!answer.held) onWait({ name, by: answer.by });
      return answer;
    },
    watch: (prefix, from, signal) => leases.watch(prefix, from, signal),
    [Symbol.asyncDispose]: () => leases[Symbol.asyncDispose](),
  };
}
