import type { Caller } from '../../domain/access/caller.ts';
import type { Quarantine } from '../../domain/services/service.ts';
import type { Clock } from '../../ports/index.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import type { ServiceCatalog } from './service-catalog.ts';

const RETRY_MS = 10_000;

/** Persists quarantines. A quarantine that the store rejects still applies and is stored again later. */
export class QuarantineStore {
  readonly #catalog: ServiceCatalog;
  readonly #audit: AuditLog;
  readonly #clock: Clock;
  readonly #unstored = new Map<string, AbortController>();

  constructor(catalog: ServiceCatalog, audit: AuditLog, clock: Clock) {
    this.#catalog = catalog;
    this.#audit = audit;
    this.#clock = clock;
  }

  /** Stores the quarantine, with retries in the background. Never rejects. */
  async hold(serviceId: string, hold: Quarantine): Promise<void> {
    try {
      await this.#catalog.hold(serviceId, hold);
    } catch {
      const message = 'The quarantine is not stored and would not survive a restart of the runtime';
      await this.#audit.settle({ kind: 'service.hold_unstored', level: 'error', message, serviceId });
      this.#retry(serviceId, hold);
    }
  }

  /** Resolves when the store has deleted the quarantine. */
  async release(caller: Caller, serviceId: string): Promise<void> {
    this.forget(serviceId);
    await this.#catalog.release(caller, serviceId);
  }

  /** Cancels the pending attempt to store the quarantine. */
  forget(serviceId: string): void {
    this.#unstored.get(serviceId)?.abort();
    this.#unstored.delete(serviceId);
  }

  #retry(serviceId: string, hold: Quarantine): void {
    this.forget(serviceId);
    const cancel = new AbortController();
    this.#unstored.set(serviceId, cancel);
    const attempt = async (): Promise<void> => {
      await this.#clock.after(RETRY_MS, cancel.signal);
      if (cancel.signal.aborted) return;
      try {
        await this.#catalog.hold(serviceId, hold);
      } catch {
        await attempt();
      }
    };
    void attempt();
  }
}
