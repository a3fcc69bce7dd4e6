import type { RuntimeEventMap, RuntimeEventName } from '../../ports/inbound/runtime-event.ts';

type Listener<Name extends RuntimeEventName> = (event: RuntimeEventMap[Name]) => void;
type Listeners = { readonly [Name in RuntimeEventName]: Set<Listener<Name>> };

/** Calls listeners synchronously, in order of subscription. An error of a listener does not affect the others. */
export class EventBus {
  readonly #listeners: Listeners = {
    audited: new Set(),
    called: new Set(),
    logged: new Set(),
    'state.changed': new Set(),
    'tools.changed': new Set(),
    'runtime.closing': new Set(),
  };

  on<Name extends RuntimeEventName>(name: Name, listener: Listener<Name>): () => void {
    const listeners: Set<Listener<Name>> = this.#listeners[name];
    // A listener that subscribes twice is called twice, and each subscription ends separately.
    const own: Listener<Name> = (event) => {
      listener(event);
    };
    listeners.add(own);
    return () => {
      listeners.delete(own);
    };
  }

  publish<Name extends RuntimeEventName>(name: Name, event: RuntimeEventMap[Name]): void {
    const listeners: Set<Listener<Name>> = this.#listeners[name];
    if (listeners.size === 0) return;
    for (const listener of [...listeners]) {
      try {
        listener(event);
      } catch {
        // The event has happened: an error of one listener must not keep it from the next.
      }
    }
  }
}
