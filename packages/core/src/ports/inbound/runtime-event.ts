import type { CallRecord } from '../../domain/calls/call-record.ts';
import type { AuditEvent } from '../../domain/audit/audit-event.ts';

/** Events of a runtime by name, with their payload. The runtime does not wait for the handlers. */
export interface RuntimeEventMap {
  /** The store accepted an audit event. */
  audited: AuditEvent;
  /** A tool call ended. */
  called: CallRecord;
  /** A service wrote a log line, with its time in front. */
  logged: { readonly serviceId: string; readonly line: string };
  /** The state of a service may differ; without an id, that of all services. */
  'state.changed': { readonly serviceId?: string };
  /** The tools, prompts or resources on the shared endpoint changed. */
  'tools.changed': { readonly serviceId: string };
  /** The runtime starts to close: observers end the streams and connections that they opened for it. */
  'runtime.closing': { readonly instance: string };
}

/** Name of an event of a runtime. */
export type RuntimeEventName = keyof RuntimeEventMap;
