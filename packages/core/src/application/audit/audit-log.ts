import type { AuditEventDraft } from '../../domain/audit/audit-event.ts';
import { toLogData, toLogLine } from '../../domain/text/safe-text.ts';
import type { Clock, Telemetry } from '../../ports/index.ts';
import { AuditCounter } from './counters.ts';
import type { EventBus } from './event-bus.ts';

export type AuditEntry = Omit<AuditEventDraft, 'at'>;

/** Writes what happened and tells observers once it is written. Nothing in a record would be obeyed by a terminal. */
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

  /** Rejects when the telemetry did not take it. */
  async record({ caller, message, data, kind, ...entry }: AuditEntry): Promise<void> {
    this.tally.count(kind, data);
    const draft = {
      at: this.#clock.wall().toISOString(),
      kind: toLogLine(kind),
      ...entry,
      message: toLogLine(message),
      // Only these three: a caller holds more than may be written down.
      ...(caller === undefined ? {} : { caller: { kind: caller.kind, id: caller.id, door: caller.door } }),
      ...(data === undefined ? {} : { data: toLogData(data) as Readonly<Record<string, unknown>> }),
    };
    for (const event of await this.#telemetry.append('default', [draft])) this.#events.publish('audited', event);
  }

  /** Resolves when it is written, or counted as unwritten: what happened is not undone because it could not be recorded. */
  async settle(entry: AuditEntry): Promise<void> {
    await this.record(entry).catch(this.#missed);
  }

  /** Records what nobody waits for. */
  note(entry: AuditEntry): void {
    void this.settle(entry);
  }

  /** Entries and lines that the telemetry did not take. */
  get unwritten(): number {
    return this.#unwritten;
  }

  /** One line of a service's log, with its time before it. */
  log(serviceId: string, line: string): void {
    const stamped = `[${this.#clock.wall().toISOString()}] ${toLogLine(line)}`;
    this.#telemetry.log('default', serviceId, [stamped]).catch(this.#missed);
  }

  async dropLogs(serviceId: string): Promise<void> {
    await this.#telemetry.dropLogs('default', serviceId).catch(this.#missed);
  }

  readonly #missed = (): void => {
    this.#unwritten += 1;
  };
}
