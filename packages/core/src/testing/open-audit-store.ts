import type { AuditEvent, AuditEventDraft } from '../domain/audit/audit-event.ts';
import type { AuditStore } from '../ports/index.ts';

/** An open store, and the journals that it receives events from. */
export interface OpenAuditStore {
  readonly store: AuditStore;
  /** Stores events as a journal of this store does, in one batch. */
  readonly write: (drafts: readonly AuditEventDraft[]) => Promise<readonly AuditEvent[]>;
  /** Opens a second handle of the same store, as another process does; absent for a store of one process. */
  readonly second?: () => Promise<AuditStore>;
  /** Stops the store from answering any handle until the returned function is called; absent if the test cannot do that. */
  readonly stall?: () => () => void;
  /** Changes one byte of a stored event; absent if the store has no copy outside of this process. */
  readonly damage?: () => Promise<void>;
}
