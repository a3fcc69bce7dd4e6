import { untrusted } from '../../domain/access/trust.ts';
import { circuitReason } from '../../domain/calls/circuit-breaker.ts';
import type { CallLoad } from '../../domain/calls/call-metrics.ts';
import { defined } from '../../domain/json/defined.ts';
import { placeholderWarnings } from '../../domain/services/manifest-warnings.ts';
import { serviceDigest } from '../../domain/services/service-digest.ts';
import type { Service, ServiceStatus } from '../../domain/services/service.ts';
import type { InterfaceSnapshot } from '../../domain/interfaces/interface-snapshot.ts';
import type { Verdict } from '../../domain/interfaces/interface-change.ts';
import type { Clock, WorkspaceTrust } from '../../ports/index.ts';
import type { ServiceView, ToolCompatibility } from '../../ports/inbound/service-operations.ts';
import type { ServiceCatalog } from '../services/service-catalog.ts';
import type { ServiceSupervisor } from '../services/service-supervisor.ts';

/** Everything that the view of a service is made of. */
export interface ServiceViewSources {
  readonly catalog: ServiceCatalog;
  readonly supervisor: ServiceSupervisor;
  readonly clock: Clock;
  readonly trust: Pick<WorkspaceTrust, 'state'>;
  readonly load: (serviceId: string) => CallLoad;
  readonly verdict: (serviceId: string) => Verdict;
  /** Returns the names of the policy of a service that its interface does not have. */
  readonly policyWarnings: (service: Service, snapshot: InterfaceSnapshot) => readonly string[];
  readonly compatibility: (service: Service) => readonly ToolCompatibility[];
  /** Gives remedies the words of their readers. */
  readonly inWords: (text: string) => string;
}

/** Returns a service with its current state for callers. */
export function serviceView(sources: ServiceViewSources, service: Service): ServiceView {
  const { catalog, supervisor, clock, compatibility, inWords, load, trust, verdict, policyWarnings } = sources;
  const status = supervisor.status(service.serviceId);
  const snapshot = supervisor.snapshot(service.serviceId);
  const { runningSince } = status;
  const uptimeSeconds = runningSince === undefined ? 0 : Math.floor((clock.monotonic() - runningSince) / 1000);
  const calls = load(service.serviceId);
  const warnings = [
    ...placeholderWarnings(service.manifest),
    ...(snapshot === undefined ? [] : policyWarnings(service, snapshot)),
    ...(supervisor.connection(service.serviceId)?.warnings ?? []),
  ];
  const unsettledSince = catalog.unsettledSince(service.serviceId);
  return {
    service,
    status: worded(shownStatus(trust.state, status, calls), inWords),
    uptimeSeconds,
    calls,
    ...(warnings.length === 0 ? {} : { warnings }),
    compatibility: snapshot === undefined ? [] : compatibility(service),
    ...(unsettledSince === undefined ? {} : { unsettledSince }),
    isSuspicious: snapshot !== undefined && verdict(service.serviceId) === 'suspicious',
    digest: serviceDigest(service),
    ...(snapshot === undefined ? {} : { interface: snapshot }),
  };
}

/** Texts without words of the programs are unchanged, so most statuses stay the same object. */
function worded(status: ServiceStatus, inWords: (text: string) => string): ServiceStatus {
  const { hint, lastError } = status;
  const texts = defined({ hint: hint && inWords(hint), lastError: lastError && inWords(lastError) });
  return texts.hint === hint && texts.lastError === lastError ? status : { ...status, ...texts };
}

/** Returns the status that callers see: with the reasons of an untrusted workspace and of an open circuit. */
export const shownStatus = (
  state: WorkspaceTrust['state'],
  status: ServiceStatus,
  load: Pick<CallLoad, 'circuit'>,
): ServiceStatus => heldBy(state, asSeen(status, load));

/** Shows the reason why a service of an untrusted workspace does not start. */
function heldBy(state: WorkspaceTrust['state'], status: ServiceStatus): ServiceStatus {
  if (state.trusted || status.lifecycle === 'RUNNING') return status;
  const { code, message, hint } = untrusted(state.problems).failure;
  return { ...status, lastError: `${code}: ${message}; ${hint}` };
}

/** Shows a service with an open circuit as DEGRADED, whatever its probe reports. */
function asSeen(status: ServiceStatus, { circuit }: Pick<CallLoad, 'circuit'>): ServiceStatus {
  if (circuit === undefined || status.lifecycle !== 'RUNNING' || status.health !== 'HEALTHY') return status;
  return { ...status, health: 'DEGRADED', lastError: circuitReason(circuit) };
}
