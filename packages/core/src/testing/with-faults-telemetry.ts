import type { Telemetry } from '../ports/index.ts';
import { FaultyCalls, type Fault } from './fault.ts';

/** Returns a telemetry over `inner` with a fault from `next` at each call. */
export function withTelemetryFaults(inner: Telemetry, next: () => Fault): Telemetry {
  const calls = new FaultyCalls(next);
  const meet = <T>(work: () => Promise<T>): Promise<T> => calls.run(work);
  return {
    capabilities: inner.capabilities,
    get health() {
      return inner.health;
    },
    append: (tenant, events, context) => {
      // Copies the drafts at the call, as a remote store would.
      const sent = attempt(() => structuredClone(events)) ?? events;
      return meet(() => inner.append(tenant, sent, context));
    },
    events: (tenant, query) => meet(() => inner.events(tenant, query)),
    read: (tenant, reading) => meet(() => inner.read(tenant, reading)),
    cursorOf: (event) => inner.cursorOf(event),
    verify: (tenant, verification) => meet(() => inner.verify(tenant, verification)),
    log: (tenant, serviceId, lines) => meet(() => inner.log(tenant, serviceId, lines)),
    logs: (tenant, serviceId, limit) => meet(() => inner.logs(tenant, serviceId, limit)),
    dropLogs: (tenant, serviceId) => meet(() => inner.dropLogs(tenant, serviceId)),
    [Symbol.asyncDispose]: () => inner[Symbol.asyncDispose](),
  };
}

function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
