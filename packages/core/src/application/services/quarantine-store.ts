import type { Caller } from '../../domain/access/caller.ts';
import type { Quarantine } from '../../domain/services/service.ts';
import type { Clock } from '../../ports/index.ts';
import type { AuditEntry, AuditLog } from '../audit/audit-log.ts';
import { isUnsettled } from '../support/store-failure.ts';
import type { ServiceCatalog } from './service-catalog.ts';

const RETRY_MS = 10_000;

interface Unstored {
  readonly hold: Quarantine;
  readonly cancel: AbortController;
}

/** Persists quarantines. A quarantine that the store rejects still applies and is stored again later. */
export class QuarantineStore {
  readonly #catalog: ServiceCatalog;
  readonly #audit: AuditLog;
  readonly #clock: Clock;
  readonly #unstored = new Map<string, Unstored>();

  constructor(catalog: ServiceCatalog, audit: AuditLog, clock: Clock) {
    this.#catalog = catalog;
    this.#audit = audit;
    this.#clock = clock;
  }

  /** Stores the quarantine with its event, with retries in the background. Never rejects. */
  async hold(serviceId: string, hold: Quarantine, entry: AuditEntry): Promise<void> {
    try {
      if (!(await this.#catalog.hold(serviceId, hold, this.#audit.draft(entry)))) await this.#audit.settle(entry);
    } catch (error) {
      if (!isUnsettled(error)) await this.#audit.settle(entry);
      const message = 'The quarantine is not stored and would not survive a restart of the runtime';
      await this.#audit.settle({ kind: 'service.hold_unstored', level: 'error', message, serviceId });
      this.#retry(serviceId, hold);
    }
  }

  /** Resolves when the store has deleted the quarantine. Returns false, without an event, if none was stored. */
  async release(caller: Caller, serviceId: string, entry: AuditEntry): Promise<boolean> {
    const unstored = this.#unstored.get(serviceId);
    this.forget(serviceId);
    try {
      return await this.#catalog.release(caller, serviceId, this.#audit.draft(entry));
    } catch (error) {
      if (unstored !== undefined) this.#retry(serviceId, unstored.hold);
      throw error;
    }
  }

  /** Cancels the pending attempt to store the quarantine. */
  forget(serviceId: string): void {
    this.#unstored.get(serviceId)?.cancel.abort();
    this.#unstored.delete(serviceId);
  }

  isUnstored(serviceId: string): boolean {
    return this.#unstored.has(serviceId);
  }

  #retry(serviceId: string, hold: Quarantine): void {
    this.forget(serviceId);
    const cancel = new AbortController();
    this.#unstored.set(serviceId, { hold, cancel });
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
