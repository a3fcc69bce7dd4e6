import { decodeKnown, encodeKnown } from '../../domain/interfaces/known-interface.ts';
import type { InterfaceSnapshot } from '../../domain/interfaces/interface-snapshot.ts';
import { serviceDigest } from '../../domain/services/service-digest.ts';
import type { Service, ServiceStatus } from '../../domain/services/service.ts';
import { reasonOf } from '../../domain/errors/clarity-error.ts';
import type { InterfaceStore, TenantId } from '../../ports/index.ts';
import { SerialQueue, Slots } from '../support/async.ts';

export interface InterfaceMemoryDependencies {
  readonly store: InterfaceStore;
  readonly find: (serviceId: string) => Service | undefined;
  readonly supervisor: {
    snapshot(serviceId: string): InterfaceSnapshot | undefined;
    status(serviceId: string): Pick<ServiceStatus, 'lifecycle'>;
    /** Offers the interface until the service has started. */
    recall(serviceId: string, snapshot: InterfaceSnapshot): void;
  };
  readonly log: (serviceId: string, line: string) => void;
}

const TENANT: TenantId = 'default';
/** Reads at once, because each may open a file. */
const MAX_READS = 16;

/** Stores the interface of each running service, and offers it again after a restart of the runtime. */
export class InterfaceMemory {
  readonly #dependencies: InterfaceMemoryDependencies;
  readonly #writes = new SerialQueue();
  /** Key of the stored interface, by service. */
  readonly #stored = new Map<string, string>();
  #flushed: Promise<unknown> = Promise.resolve();

  constructor(dependencies: InterfaceMemoryDependencies) {
    this.#dependencies = dependencies;
  }

  /** Offers the stored interface of each service whose manifest and code are still the same. Never rejects. */
  async recall(services: readonly Service[]): Promise<void> {
    const slots = new Slots(MAX_READS);
    await Promise.all(services.map((service) => slots.run(() => this.#recallOne(service))));
  }

  /** Stores the interface of a service that runs, unless it is stored. The write runs in the background. */
  observe(serviceId: string): void {
    const { find, supervisor } = this.#dependencies;
    const service = find(serviceId);
    const snapshot = supervisor.snapshot(serviceId);
    if (service === undefined || snapshot === undefined) return;
    if (supervisor.status(serviceId).lifecycle !== 'RUNNING') return;
    const digest = serviceDigest(service);
    const key = keyOf(digest, snapshot);
    if (this.#stored.get(serviceId) === key) return;
    this.#stored.set(serviceId, key);
    this.#inBackground(serviceId, async (store) => {
      // A newer interface has its own write.
      if (this.#stored.get(serviceId) !== key) return;
      const document = encodeKnown({ digest, snapshot });
      if (document === undefined) await store.remove(TENANT, serviceId);
      else await store.save(TENANT, serviceId, document);
    });
  }

  /** Deletes the interface of a removed service in the background. */
  forget(serviceId: string): void {
    this.#stored.delete(serviceId);
    this.#inBackground(serviceId, (store) => store.remove(TENANT, serviceId));
  }

  /** Resolves when the writes in progress have ended. */
  async flush(): Promise<void> {
    await this.#flushed;
  }

  async #recallOne(service: Service): Promise<void> {
    const { log, store, supervisor } = this.#dependencies;
    const { serviceId } = service;
    try {
      const known = decodeKnown((await store.load(TENANT, serviceId)) ?? '');
      if (known === undefined || known.digest !== serviceDigest(service)) return;
      this.#stored.set(serviceId, keyOf(known.digest, known.snapshot));
      supervisor.recall(serviceId, known.snapshot);
    } catch (error) {
      log(serviceId, `The last known interface was not read: ${reasonOf(error)}`);
    }
  }

  #inBackground(serviceId: string, write: (store: InterfaceStore) => Promise<void>): void {
    const { log, store } = this.#dependencies;
    this.#flushed = this.#writes
      .run(() => write(store))
      .catch((error: unknown) => {
        this.#stored.delete(serviceId);
        log(serviceId, `The interface was not stored for the next start of the runtime: ${reasonOf(error)}`);
      });
  }
}

const keyOf = (digest: string, { interfaceRevision }: InterfaceSnapshot): string => `${digest} ${interfaceRevision}`;
