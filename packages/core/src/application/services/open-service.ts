import { ClarityError } from '../../domain/errors/clarity-error.ts';
import type { Service } from '../../domain/services/service.ts';
import type { ServiceState } from './service-state.ts';
import type { InterfaceSnapshot } from '../../domain/interfaces/interface-snapshot.ts';
import type { LimitName } from '../../domain/audit/limit-name.ts';
import { serviceLimits } from '../support/service-limits.ts';
import { withDeadline, type Deadline } from '../support/async.ts';
import type { RefreshRequest } from './capability-gated-tools.ts';
import { readInterface } from './interface-reader.ts';
import type { ObservedConnection } from './service-connection.ts';
import type { SupervisorDependencies } from './supervisor-dependencies.ts';

/**
 * Returns the record to start a service from.
 * @throws ClarityError SERVICE_NOT_FOUND, SHUTTING_DOWN, SERVICE_QUARANTINED or SERVICE_DISABLED.
 */
export function startableService({ id, status, parts }: ServiceState): Service {
  const service = parts.find(id);
  if (service === undefined) throw new ClarityError('SERVICE_NOT_FOUND', id);
  if (parts.closing.aborted) throw new ClarityError('SHUTTING_DOWN', '');
  if (status.lifecycle === 'QUARANTINED') {
    throw new ClarityError('SERVICE_QUARANTINED', `${id} (use unquarantine first)`);
  }
  if (!service.manifest.spec.enabled) throw new ClarityError('SERVICE_DISABLED', id, { field: 'spec.enabled' });
  return service;
}

const CUT: Partial<Record<LimitName, string>> = {
  'list.cut': 'A list of the service exceeds the limits; its end was dropped',
  'definition.too_large': 'A definition of the service exceeds the size limit and was dropped',
};

/** Connects and reads the interface within the start limit. The caller closes the connection when it rejects. */
export async function openService(
  { parts, further }: ServiceState,
  { service, anew }: RefreshRequest & { readonly service: Service },
  link: ObservedConnection,
): Promise<InterfaceSnapshot> {
  const { type } = service.manifest.spec.origin;
  const connector = parts.connectors.get(type);
  if (connector === undefined) throw new ClarityError('ORIGIN_UNSUPPORTED', type);
  const shown = await withDeadline(limitOf(parts, 'SERVICE_START_TIMEOUT'), async (signal) => {
    await link.connect(connector, service, signal);
    return readOffer(parts, service, link, signal);
  });
  return further.joined(shown, { service, anew }, link);
}

/** Reads the interface of a connected service again. */
export async function refreshInterface(
  { id, parts, further }: ServiceState,
  link: ObservedConnection,
  anew: boolean,
): Promise<InterfaceSnapshot> {
  const limit = limitOf(parts, 'SERVICE_UNRESPONSIVE');
  const service = parts.find(id);
  const shown = await withDeadline(limit, (signal) => readOffer(parts, service, link, signal));
  return further.joined(shown, { service: parts.find(id), anew }, link);
}

function readOffer(
  { clock, connectors, supervision, maxReplyBytes, refusals }: SupervisorDependencies,
  service: Service | undefined,
  link: ObservedConnection,
  signal: AbortSignal,
): Promise<InterfaceSnapshot> {
  const { connection } = link;
  if (connection === undefined)
    throw new ClarityError('SERVICE_LOST', 'the connection closed before the interface was read');
  const refused = (what: LimitName): void => {
    refusals?.count(what);
    link.log(CUT[what] ?? what);
  };
  const requested = { idleMs: 0, totalMs: supervision.startLimitMs, maxReplyBytes };
  const limits = service === undefined ? requested : serviceLimits(connectors, service, requested);
  return link.whileOpen(
    readInterface(connection, clock.wall(), { ...limits, refused }, AbortSignal.any([signal, link.ended])),
  );
}

function limitOf(
  { clock, supervision: { startLimitMs: ms } }: SupervisorDependencies,
  code: 'SERVICE_START_TIMEOUT' | 'SERVICE_UNRESPONSIVE',
): Deadline {
  return { clock, ms, late: () => new ClarityError(code, `no response within ${String(ms)} ms`) };
}
