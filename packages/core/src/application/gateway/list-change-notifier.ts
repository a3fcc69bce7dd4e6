import type { Caller } from '../../domain/access/caller.ts';
import type { Capabilities, McpNotification } from '../../domain/mcp/mcp.ts';
import type { Clock } from '../../ports/index.ts';
import type { Endpoint } from './endpoint.ts';
import type { Endpoints } from './endpoints.ts';
import type { ChangedList } from './upstream-observer.ts';

/** A receiver of list changes. */
export interface Subscriber {
  readonly caller: Caller;
  /** The service of its endpoint; absent on the shared endpoint. */
  readonly service?: string;
  /** Capabilities that the client declared; they decide which entries it sees. */
  readonly clientCapabilities?: Capabilities;
  readonly lists: ReadonlySet<ChangedList>;
  send(notification: McpNotification): void;
}

interface Reader extends Subscriber {
  seen: Readonly<Record<ChangedList, string>> | undefined;
}

const LISTS: readonly ChangedList[] = ['tools', 'resources', 'prompts'];
/** Milliseconds in which changes are combined, so that services that start together cause one notification. */
const GATHER_MS = 25;

/**
 * Notifies clients of changed lists: once for each list that has other content than the client was notified of last. An
 * announcement of a service causes a notification only after the interface was read again and differs.
 */
export class ListChangeNotifier {
  readonly #endpoints: Endpoints;
  readonly #clock: Clock;
  readonly #readers = new Set<Reader>();
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
    for (const reader of this.#readers) {
      const now = digestsOf(this.#endpointOf(reader));
      const changed = LISTS.filter((list) => now?.[list] !== reader.seen?.[list]);
      reader.seen = now;
      for (const list of changed) if (reader.lists.has(list)) reader.send(listChanged(list));
    }
  }

  #endpointOf({ caller, service, clientCapabilities }: Subscriber): Endpoint | undefined {
    return this.#endpoints.endpoint({
      caller,
      ...(service === undefined ? {} : { service }),
      ...(clientCapabilities === undefined ? {} : { clientCapabilities }),
    });
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
