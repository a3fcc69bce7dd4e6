import type { AuditEvent } from './audit-event.ts';

/** Everything that the runtime tells its observers. Events inform; nothing in the runtime waits for them. */
export interface RuntimeEventMap {
  /** Something was written to the audit. */
  audited: AuditEvent;
  /** What the shared endpoint offers has changed. */
  'tools.changed': { readonly serviceId: string };
  /** The runtime is about to close: who holds something open on its behalf ends it now. */
  'runtime.closing': { readonly instance: string };
}

export type RuntimeEventName = keyof RuntimeEventMap;
