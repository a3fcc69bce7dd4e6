import { TelemetryAuditStore, type TelemetryAuditStoreOptions } from '@clarity-runtime/core/audit-chain';
import type { AuditStore, StoredEvent } from '@clarity-runtime/core/ports';

/** The journal of the runtime, without the events that the application keeps to itself. */
export class FilteredAudit extends TelemetryAuditStore {
  readonly #isShown: (stored: StoredEvent) => boolean;

  constructor(options: TelemetryAuditStoreOptions, isShown: (stored: StoredEvent) => boolean) {
    super(options);
    this.#isShown = isShown;
  }

  override async read(...args: Parameters<AuditStore['read']>): ReturnType<AuditStore['read']> {
    const page = await super.read(...args);
    return { ...page, events: page.events.filter(this.#isShown) };
  }

  override async newest(...args: Parameters<AuditStore['newest']>): ReturnType<AuditStore['newest']> {
    return (await super.newest(...args)).filter(this.#isShown);
  }
}
