import type { AuditEventDraft } from '../../domain/audit/audit-event.ts';
import { toLogData, toLogLine } from '../../domain/text/safe-text.ts';
import type { Clock, Telemetry } from '../../ports/index.ts';
import { AuditCounter } from './counters.ts';
import type { EventBus } from './event-bus.ts';

export type AuditEntry = Omit<AuditEventDraft, 'at'>;

/** Writes audit events to the telemetry, then publishes them. Texts are stripped of terminal control characters. */
export class AuditLog {
  readonly #telemetry: Telemetry;
  readonly #events: EventBus;
  readonly #clock: Clock;
  readonly tally = new AuditCounter();
  #unwritten = 0;

  constructor(telemetry: Telemetry, events: EventBus, clock: Clock) {
    this.#telemetry = telemetry;
    this.#events = events;
    this.#clock = clock;
  }

  /** Writes an event. Rejects when the telemetry rejects it. */
  async record({ caller, message, data, kind, ...entry }: AuditEntry): Promise<void> {
    this.tally.count(kind, data);
    const draft = {
      at: this.#clock.wall().toISOString(),
      kind: toLogLine(kind),
      ...entry,
      message: toLogLine(message),
      // Only these three members: a caller also carries grants and client data.
      ...(caller === undefined ? {} : { caller: { kind: caller.kind, id: caller.id, door: caller.door } }),
      ...(data === undefined ? {} : { data: toLogData(data) as Readonly<Record<string, unknown>> }),
    };
    for (const event of await this.#telemetry.append('default', [draft])) this.#events.publish('audited', event);
  }

  /** Writes an event and never rejects: a failure to record does not undo the action. Counts a rejected event as unwritten. */
  async settle(entry: AuditEntry): Promise<void> {
    await this.record(entry).catch(this.#countUnwritten);
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
