import { ServiceSharing } from '../application/sharing/service-sharing.ts';
import { bind, type Container } from './container.ts';
import { PART, PORT } from './tokens.ts';

/** Binds what runtimes over one store share, if their leases are those of several processes. */
export function bindSharing(container: Container): void {
  if (!container.resolve(PORT.leases).capabilities.shared) return;
  bind(container, PART.sharing, (c) => {
    const sharing = new ServiceSharing({
      leases: c.resolve(PORT.leases),
      peers: c.resolve(PORT.peers),
      clock: c.resolve(PORT.clock),
      telemetry: c.resolve(PORT.telemetry),
      id: c.resolve(PART.instance).id,
    });
    c.resolve(PART.lifetime).own(sharing);
    return sharing;
  });
}
