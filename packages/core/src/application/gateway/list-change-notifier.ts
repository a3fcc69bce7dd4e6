import type { Caller } from '../../domain/access/caller.ts';
import type { McpNotification } from '../../domain/mcp/mcp.ts';
import type { Clock } from '../../ports/index.ts';
import type { Endpoint, Endpoints } from './endpoints.ts';
import type { ChangedList } from './upstream-observer.ts';

/** A receiver of list changes. */
export interface Subscriber {
  readonly caller: Caller;
  /** The service of its endpoint; absent on the shared endpoint. */
  readonly service?: string;
  readonly lists: ReadonlySet<ChangedList>;
  send(notification: McpNotification): void;
}

interface Reader extends Subscriber {
  seen: Readonly<Record<ChangedList, string>> | undefined;
}

const LISTS: readonly ChangedList[] = ['tools', 'resources', 'prompts'];
/** Milliseconds in which changes are combined, so that services that start together cause one notification. */
const GATHER_MS = 25;

/** Notifies clients of changed lists: lists with another digest and lists whose service announced a change. */
export class ListChangeNotifier {
  readonly #endpoints: Endpoints;
  readonly #clock: Clock;
  readonly #readers = new Set<Reader>();
  readonly #announced = new Map<string, Set<ChangedList>>();
  #isDue = false;

  constructor(endpoints: Endpoints, clock: Clock) {
    this.#endpoints = endpoints;
    this.#clock = clock;
  }

  get size(): number {
    return this.#readers.size;
  }

  /** Adds a subscriber. Returns the function that removes it. */
  join(subscriber: Subscriber): () => void {
    const reader: Reader = { ...subscriber, seen: undefined };
    reader.seen = digestsOf(this.#endpointOf(reader));
    this.#readers.add(reader);
    return () => {
      this.#readers.delete(reader);
    };
  }

  /** Records that a service announced a change of one of its lists. */
  announced(serviceId: string, list: ChangedList): void {
    const lists = this.#announced.get(serviceId) ?? new Set();
    this.#announced.set(serviceId, lists.add(list));
    this.changed();
  }

  /** Schedules a comparison of all endpoints. */
  changed(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    void this.#clock.after(GATHER_MS).then(() => {
      this.#isDue = false;
      this.#notifySubscribers();
    });
  }

  #notifySubscribers(): void {
    const announced = new Map(this.#announced);
    this.#announced.clear();
    for (const reader of this.#readers) {
      const endpoint = this.#endpointOf(reader);
      const now = digestsOf(endpoint);
      const announcedLists = new Set(
        endpoint?.services.flatMap(({ serviceId }) => [...(announced.get(serviceId) ?? [])]),
      );
      const changed = LISTS.filter((list) => announcedLists.has(list) || now?.[list] !== reader.seen?.[list]);
      reader.seen = now;
      for (const list of changed) if (reader.lists.has(list)) reader.send(listChanged(list));
    }
  }

  #endpointOf({ caller, service }: Subscriber): Endpoint | undefined {
    return this.#endpoints.endpoint({ caller, ...(service === undefined ? {} : { service }) });
  }
}

const listChanged = (list: ChangedList): McpNotification => ({
  method: `notifications/${list}/list_changed`,
  params: new Map(),
});

const digestsOf = (endpoint: Endpoint | undefined): Reader['seen'] =>
  endpoint && {
    tools: endpoint.tools.pages.digest,
    resources: `${endpoint.resources.pages.digest} ${endpoint.resources.templatePages.digest}`,
    prompts: endpoint.prompts.pages.digest,
  };
