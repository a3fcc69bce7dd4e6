import { callerRecord, type Caller } from '../../domain/access/caller.ts';
import { DEFAULT_TENANT } from '../../domain/access/tenant.ts';
import type { AuditEventDraft } from '../../domain/audit/audit-event.ts';
import type { EventKind } from '../../domain/audit/event-kinds.ts';
import type { CallOutcome } from '../../domain/calls/call-metrics.ts';
import { toLogData, toLogLine } from '../../domain/text/safe-text.ts';
import type { Clock, Telemetry } from '../../ports/index.ts';
import type { ObservedEvent } from '../../ports/inbound/audit-trail.ts';
import { AuditCounter } from './counters.ts';
import { DenialFolder } from './denial-folder.ts';
import { EventWriter } from './event-writer.ts';
import type { EventBus } from './event-bus.ts';

/** An event of an embedder: its kind may be outside of `EVENT_KINDS`. */
export type OpenAuditEntry = ObservedEvent;

/** An event of the runtime: its kind has a row in `EVENT_KINDS`. */
export type AuditEntry = OpenAuditEntry & { readonly kind: EventKind };

/** A call that ended. Its texts are printable, so that they need no escapes. */
export interface CallEvent {
  readonly serviceId: string;
  /** Printable ASCII. */
  readonly tool: string;
  readonly outcome: CallOutcome;
  readonly durationMs: number;
  readonly caller: Caller;
}

/** Writes audit events and publishes each stored one. Escapes terminal control sequences in every text. */
export class AuditLog {
  readonly #telemetry: Telemetry;
  readonly #events: EventBus;
  readonly #clock: Clock;
  readonly #denials: DenialFolder;
  readonly #writer: EventWriter;
  readonly tally = new AuditCounter();

  constructor(telemetry: Telemetry, events: EventBus, clock: Clock) {
    this.#telemetry = telemetry;
    this.#events = events;
    this.#clock = clock;
    this.#writer = new EventWriter(telemetry, clock, (event) => {
      events.publish('audited', event);
    });
    this.#denials = new DenialFolder(clock, (entry) => this.#writer.settle(this.#draft(entry)));
  }

  /** Writes an event of an embedder. Rejects with the `StoreError` of the telemetry. */
  async recordOpen(entry: OpenAuditEntry): Promise<void> {
    this.tally.count(entry.kind, entry.data);
    if (!this.#denials.folds(entry)) await this.#writer.write(this.#draft(entry));
  }

  /** Writes an event; waits at most 50 ms and never rejects, because the action is done. Counts an event that is not stored. */
  settle(entry: AuditEntry): Promise<void> {
    this.tally.count(entry.kind, entry.data);
    return this.#denials.folds(entry) ? Promise.resolve() : this.#writer.settle(this.#draft(entry));
  }

  /** Writes the event of a call under the rules of `settle`, together with those of other calls. Hot path. */
  settleCall({ serviceId, tool, outcome, durationMs, caller }: CallEvent): Promise<void> {
    const data = { tool, outcome, durationMs };
    this.tally.count('service.tool_called', data);
    return this.#writer.settleCall({
      at: this.#clock.wall().toISOString(),
      kind: 'service.tool_called',
      level: outcome === 'ok' ? 'info' : 'warn',
      serviceId,
      message: `Tool called: ${tool}`,
      caller: callerRecord(caller),
      data,
    });
  }

  /** Writes the number of the denials that are not written yet, and the events of calls, before the runtime closes. */
  async flush(): Promise<void> {
    await this.#denials.flush();
    await this.#writer.settled();
  }

  /** Returns the event of a change, which is stored together with the change. `deliver` writes it to the telemetry. */
  draft(entry: AuditEntry): AuditEventDraft {
    return this.#draft(entry);
  }

  /**
   * Writes the event of a change that a store has accepted with `op`, under the rules of `settle`. The event is kept until the
   * telemetry has stored it, once.
   */
  deliver(event: AuditEventDraft, op: string): Promise<void> {
    this.tally.count(event.kind, event.data);
    return this.#writer.settle(event, op);
  }

  /** Writes an event without waiting for the result. */
  note(entry: AuditEntry): void {
    void this.settle(entry);
  }

  /** Number of events and log writes that are not stored. */
  get unwritten(): number {
    return this.#writer.unwritten;
  }

  /** Writes one line to the log of a service, with the time in front. */
  log(serviceId: string, line: string): void {
    const stamped = `[${this.#clock.wall().toISOString()}] ${toLogLine(line)}`;
    void this.#writer.settleWork(() => this.#telemetry.log(DEFAULT_TENANT, serviceId, [stamped]));
    this.#events.publish('logged', { serviceId, line: stamped });
  }

  dropLogs(serviceId: string): Promise<void> {
    return this.#writer.settleWork(() => this.#telemetry.dropLogs(DEFAULT_TENANT, serviceId));
  }

  #draft({ caller, message, data, kind, ...entry }: OpenAuditEntry): AuditEventDraft {
    return {
      at: this.#clock.wall().toISOString(),
      kind: toLogLine(kind),
      ...entry,
      message: toLogLine(message),
      // Only these three members: a caller also carries grants and client data.
      ...(caller === undefined ? {} : { caller: callerRecord(caller) }),
      ...(data === undefined ? {} : { data: toLogData(data) as Readonly<Record<string, unknown>> }),
    };
  }
}
