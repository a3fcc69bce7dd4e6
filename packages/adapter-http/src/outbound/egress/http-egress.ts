import { lazyModule } from '@clarity-runtime/core/internal';
import type { Egress } from '@clarity-runtime/core/ports';
import type { HttpEgressOptions } from './egress-sender.ts';

const loadSender = lazyModule({ load: () => import('./egress-sender.ts'), has: 'EgressSender' });

/**
 * Returns the HTTP requests of guests, under the same rules for addresses as the HTTP connector. Its code is loaded at the
 * first request.
 */
export function httpEgress(options: HttpEgressOptions = {}): Egress {
  let opened: Egress | undefined;
  return {
    send: async (request, signal) => {
      const { EgressSender } = await loadSender();
      opened ??= new EgressSender(options);
      return opened.send(request, signal);
    },
  };
}
