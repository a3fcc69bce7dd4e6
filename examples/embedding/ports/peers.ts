import { ClarityError } from '@clarity-runtime/core';
import type { PeerHost, Peers } from '@clarity-runtime/core/ports';

/** Runtimes of one program over one store, which reach each other by name and without a network. */
export class LocalPeers {
  readonly #hosts = new Map<string, PeerHost>();

  /** Returns the port for the runtime whose leases have the holder `name`. */
  of(name: string): Peers {
    const hosts = this.#hosts;
    const hostOf = (peer: string): PeerHost => {
      const host = hosts.get(peer);
      if (host === undefined) throw new ClarityError('UPSTREAM_UNREACHABLE', `no runtime '${peer}' in this program`);
      return host;
    };
    return {
      serve: (host) => void hosts.set(name, host),
      connect: async (peer, serviceId, events, options) => hostOf(peer).attach(serviceId, events, options),
      logs: async (peer, serviceId, limit) => hostOf(peer).logs(serviceId, limit),
      standing: async (peer) => {
        const host = hosts.get(peer);
        if (host === undefined) return 'gone';
        return (await host.reachesStore()) ? 'reached' : 'away';
      },
      [Symbol.asyncDispose]: () => {
        hosts.delete(name);
        return Promise.resolve();
      },
    };
  }
}
