import type { RuntimeEventMap, RuntimeEventName } from '../../domain/audit/runtime-event.ts';

type Listener<Name extends RuntimeEventName> = (event: RuntimeEventMap[Name]) => void;
type Listeners = { readonly [Name in RuntimeEventName]: Set<Listener<Name>> };

/** Tells every listener at once, in the order in which they came. A listener that throws starves no other. */
export class EventBus {
  readonly #listeners: Listeners = { audited: new Set(), 'tools.changed': new Set(), 'runtime.closing': new Set() };

  on<Name extends RuntimeEventName>(name: Name, listener: Listener<Name>): () => void {
    const listeners: Set<Listener<Name>> = this.#listeners[name];
    // A listener that is registered twice is told twice, and each registration ends by itself.
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
    for (const listener of [...listeners]) {
      try {
        listener(event);
      } catch {
        // An observer's failure is its own: the fact has happened and the next observer is told.
      }
    }
  }
}
