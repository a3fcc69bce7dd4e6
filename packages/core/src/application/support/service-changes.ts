/**
 * `removed`: the catalog no longer has the service. `changed`: its state or its connection may differ. `interface-changed`:
 * its tools, resources or prompts, or their visibility, may differ. `status`: a member of its status differs.
 */
export type ServiceChange = 'removed' | 'changed' | 'interface-changed' | 'status';

export type ServiceChangeListener = (serviceId: string) => void;

/** Signal between the supervisor, which raises changes of services, and the parts that follow them. */
export class ServiceChanges {
  readonly #listeners: Readonly<Record<ServiceChange, Set<ServiceChangeListener>>> = {
    removed: new Set(),
    changed: new Set(),
    'interface-changed': new Set(),
    status: new Set(),
  };

  /** Calls `listener` at each change of this kind, after the listeners that subscribed earlier. Returns the unsubscribe function. */
  on(change: ServiceChange, listener: ServiceChangeListener): () => void {
    const listeners = this.#listeners[change];
    const own: ServiceChangeListener = (serviceId) => {
      listener(serviceId);
    };
    listeners.add(own);
    return () => {
      listeners.delete(own);
    };
  }

  raise(change: ServiceChange, serviceId: string): void {
    for (const listener of [...this.#listeners[change]]) listener(serviceId);
  }

  /** Raises the kinds in the order in which followers rely on each other: reviews run before clients are notified. */
  raiseAll(serviceId: string, isRemoved: boolean): void {
    if (isRemoved) this.raise('removed', serviceId);
    this.raise('changed', serviceId);
    this.raise('interface-changed', serviceId);
  }
}
