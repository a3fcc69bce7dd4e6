import { callerRecord } from '../../domain/access/caller.ts';
import type { EventKind } from '../../domain/audit/event-kinds.ts';
import { toLogData, toLogLine } from '../../domain/text/safe-text.ts';
import type { ObservedEvent } from '../../ports/inbound/audit-trail.ts';
import type { AppendContext, Clock, Telemetry } from '../../ports/index.ts';
import { AuditCounter } from './counters.ts';
import { DenialFolder } from './denial-folder.ts';
import type { EventBus } from './event-bus.ts';

/** An event of an embedder: its kind may be outside of `EVENT_KINDS`. */
export type OpenAuditEntry = ObservedEvent;

/** An event of the runtime: its kind has a row in `EVENT_KINDS`. */
export type AuditEntry = OpenAuditEntry & { readonly kind: EventKind };

const FACT: AppendContext = { waits: true };

/** Writes audit events and publishes each stored one. Escapes terminal control sequences in every text. */
export class AuditLog {
  readonly #telemetry: Telemetry;
  readonly #events: EventBus;
  readonly #clock: Clock;
  readonly #denials: DenialFolder;
  readonly tally = new AuditCounter();
  #unwritten = 0;

  constructor(telemetry: Telemetry, events: EventBus, clock: Clock) {
    this.#telemetry = telemetry;
    this.#events = events;
    this.#clock = clock;
    this.#denials = new DenialFolder(clock, (event) => this.#write(event, FACT).catch(this.#countUnwritten));
  }

  /** Writes one event. Rejects with the `StoreError` of the telemetry. */
  record(entry: AuditEntry): Promise<void> {
    return this.recordOpen(entry);
  }

  /** Like `record`, for an event of an embedder. */
  recordOpen(entry: OpenAuditEntry): Promise<void> {
    return this.#append(entry);
  }

  /** Writes the number of the denials that are not written yet, before the runtime closes. */
  flush(): Promise<void> {
    return this.#denials.flush();
  }

  async #append(entry: OpenAuditEntry, context?: AppendContext): Promise<void> {
    this.tally.count(entry.kind, entry.data);
    if (!this.#denials.folds(entry)) await this.#write(entry, context);
  }

  async #write({ caller, message, data, kind, ...entry }: OpenAuditEntry, context?: AppendContext): Promise<void> {
    const draft = {
      at: this.#clock.wall().toISOString(),
      kind: toLogLine(kind),
      ...entry,
      message: toLogLine(message),
      // Only these three members: a caller also carries grants and client data.
      ...(caller === undefined ? {} : { caller: callerRecord(caller) }),
      ...(data === undefined ? {} : { data: toLogData(data) as Readonly<Record<string, unknown>> }),
    };
    for (const event of await this.#telemetry.append('default', [draft], context))
      this.#events.publish('audited', event);
  }

  /**
   * Writes an event and never rejects: a failure to record does not undo the action. The event waits in memory while the
   * store cannot write; a rejected event is counted as unwritten.
   */
  async settle(entry: AuditEntry): Promise<void> {
    await this.#append(entry, FACT).catch(this.#countUnwritten);
  }

  /** Writes an event without waiting for the result. */
  note(entry: AuditEntry): void {
    void this.settle(entry);
  }

  /** Number of events and log writes that the telemetry rejected. */
  get unwritten(): number {
    return this.#unwritten;
  }

  /** Writes one line to the log of a service, with the time in front. */
  log(serviceId: string, line: string): void {
    const stamped = `[${this.#clock.wall().toISOString()}] ${toLogLine(line)}`;
    this.#telemetry.log('default', serviceId, [stamped]).catch(this.#countUnwritten);
  }

  async dropLogs(serviceId: string): Promise<void> {
    await this.#telemetry.dropLogs('default', serviceId).catch(this.#countUnwritten);
  }

  readonly #countUnwritten = (): void => {
    this.#unwritten += 1;
  };
}
