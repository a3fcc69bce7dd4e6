import type { Health, Lifecycle, ServiceView } from '@clarity-runtime/core';
import { alone, byName, counter, gauge, type Facts, type Metric, type Sample } from './metric.ts';

const LIFECYCLES: Readonly<Record<Lifecycle, 0>> = {
  REGISTERED: 0,
  STARTING: 0,
  RUNNING: 0,
  STOPPING: 0,
  STOPPED: 0,
  CRASHED: 0,
  NEEDS_LOGIN: 0,
  QUARANTINED: 0,
};
const HEALTHS: Readonly<Record<Health, 0>> = {
  UNKNOWN: 0,
  HEALTHY: 0,
  DEGRADED: 0,
  TIMEOUT: 0,
  UNAUTHORIZED: 0,
  UNREACHABLE: 0,
};

/** Metrics of services: their states, failures and calls. */
export const serviceFigures: readonly Metric[] = [
  gauge('clarity_services_by_lifecycle', 'Registered services, by lifecycle.', {
    labels: ['lifecycle'],
    read: ({ services }) =>
      counted(
        'lifecycle',
        LIFECYCLES,
        services.map(({ status }) => status.lifecycle),
      ),
  }),
  gauge('clarity_services_by_health', 'Registered services, by health.', {
    labels: ['health'],
    read: ({ services }) =>
      counted(
        'health',
        HEALTHS,
        services.map(({ status }) => status.health),
      ),
  }),
  gauge('clarity_service_up', 'Whether a service is running, 1 or 0, by service and origin.', {
    labels: ['service', 'origin'],
    read: ({ services }) =>
      services.map(({ service: { namespace, manifest }, status }) => ({
        labels: { service: namespace, origin: manifest.spec.origin.type },
        value: status.lifecycle === 'RUNNING' ? 1 : 0,
      })),
  }),
  counter('clarity_service_restarts_total', 'Requested and automatic restarts by service.', {
    labels: ['service'],
    read: each(({ status }) => status.restartCount),
  }),
  counter('clarity_service_start_failures_total', 'Failed starts of services.', {
    read: alone(({ measures }) => measures.events.get('service.start_failed') ?? 0),
  }),
  counter('clarity_service_crashes_total', 'Crashes of running services: an exited process or a lost upstream.', {
    read: alone(({ measures }) => measures.events.get('service.crashed') ?? 0),
  }),
  counter('clarity_service_quarantines_total', 'Number of times that a service was quarantined.', {
    read: alone(({ measures }) => measures.events.get('service.quarantined') ?? 0),
  }),
  gauge('clarity_service_circuit_open', 'State of the circuit breaker by service: 1 while it is not closed, else 0.', {
    labels: ['service'],
    read: each(({ calls }) => (calls.circuit === undefined ? 0 : 1)),
  }),
  gauge('clarity_calls_in_flight', 'Tool calls in progress, by service.', {
    labels: ['service'],
    read: each(({ calls }) => calls.inFlight),
  }),
  gauge('clarity_calls_queued', 'Tool calls in the queue, by service.', {
    labels: ['service'],
    read: each(({ calls }) => calls.waiting),
  }),
];

function each(of: (view: ServiceView) => number): (facts: Facts) => readonly Sample[] {
  return ({ services }) => services.map((view) => ({ labels: { service: view.service.namespace }, value: of(view) }));
}

/** Returns one sample per name, with 0 for a name without services. */
function counted(label: string, none: Readonly<Record<string, number>>, names: readonly string[]): readonly Sample[] {
  const counts = new Map(Object.entries(none));
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return byName(label, counts);
}
