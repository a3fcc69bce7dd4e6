import type { AuditEvent } from './audit-event.ts';

/** Events of a runtime by name, with their payload. The runtime does not wait for the handlers. */
export interface RuntimeEventMap {
  /** The store accepted an audit event. */
  audited: AuditEvent;
  /** The tools, prompts or resources on the shared endpoint changed. */
  'tools.changed': { readonly serviceId: string };
  /** The runtime starts to close: observers end the streams and connections that they opened for it. */
  'runtime.closing': { readonly instance: string };
}

export type RuntimeEventName = keyof RuntimeEventMap;
