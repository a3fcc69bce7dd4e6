import type { ApiClient } from '../api/api-client.ts';

/** Names of services for lines about them. A service that was removed, or that the caller may not see, has its id only. */
export class ServiceNames {
  readonly #api: Pick<ApiClient, 'services'>;
  readonly #names = new Map<string, string>();
  /** Ids that the daemon does not list. */
  readonly #unknown = new Set<string>();

  private constructor(api: Pick<ApiClient, 'services'>) {
    this.#api = api;
  }

  /** Reads the names of the registered services. */
  static async of(api: Pick<ApiClient, 'services'>): Promise<ServiceNames> {
    const names = new ServiceNames(api);
    await names.#read();
    return names;
  }

  /** Reads the names again if an id is new. An id that stays unknown is asked for once. */
  async learn(id: string | undefined): Promise<void> {
    if (id === undefined || this.#names.has(id) || this.#unknown.has(id)) return;
    await this.#read();
    if (!this.#names.has(id)) this.#unknown.add(id);
  }

  /** Returns the name of a service, its id without a name, or `-` without a service. */
  shown(id: string | undefined): string {
    return id === undefined ? '-' : (this.#names.get(id) ?? id);
  }

  async #read(): Promise<void> {
    const found = await this.#api.services().catch(() => undefined);
    for (const { serviceId, namespace } of found?.items ?? []) this.#names.set(serviceId, namespace);
  }
}
