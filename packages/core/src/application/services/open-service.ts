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
export function startableService({ id, status, dependencies }: ServiceState): Service {
  const service = dependencies.find(id);
  if (service === undefined) throw new ClarityError('SERVICE_NOT_FOUND', id);
  if (dependencies.closing.aborted) throw new ClarityError('SHUTTING_DOWN', '');
  if (status.lifecycle === 'QUARANTINED') {
    throw new ClarityError('SERVICE_QUARANTINED', `${id} (use unquarantine first)`);
  }
  if (!service.manifest.spec.enabled) throw new ClarityError('SERVICE_DISABLED', id, { field: 'spec.enabled' });
  return service;
}

const LIMIT_LINES: Partial<Record<LimitName, string>> = {
  'list.cut': 'A list of the service exceeds the limits; its end was dropped',
  'definition.too_large': 'A definition of the service exceeds the size limit and was dropped',
};

/** Connects and reads the interface within the start limit. The caller closes the connection when it rejects. */
export async function openService(
  { dependencies, gated }: ServiceState,
  { service, isForced }: RefreshRequest & { readonly service: Service },
  link: ObservedConnection,
): Promise<InterfaceSnapshot> {
  const { type } = service.manifest.spec.origin;
  const connector = dependencies.connectors.get(type);
  if (connector === undefined) throw new ClarityError('ORIGIN_UNSUPPORTED', type);
  const shown = await withDeadline(limitOf(dependencies, 'SERVICE_START_TIMEOUT'), async (signal) => {
    await link.connect(connector, service, signal);
    return readWithLimits(dependencies, service, link, signal);
  });
  return gated.merge(shown, { service, isForced }, link);
}

/** Reads the interface of a connected service again. */
export async function refreshInterface(
  { id, dependencies, gated }: ServiceState,
  link: ObservedConnection,
  isForced: boolean,
): Promise<InterfaceSnapshot> {
  const limit = limitOf(dependencies, 'SERVICE_UNRESPONSIVE');
  const service = dependencies.find(id);
  const shown = await withDeadline(limit, (signal) => readWithLimits(dependencies, service, link, signal));
  return gated.merge(shown, { service: dependencies.find(id), isForced }, link);
}

function readWithLimits(
  { clock, connectors, supervision, maxReplyBytes, refusals }: SupervisorDependencies,
  service: Service | undefined,
  link: ObservedConnection,
  signal: AbortSignal,
): Promise<InterfaceSnapshot> {
  const { connection } = link;
  if (connection === undefined)
    throw new ClarityError('SERVICE_LOST', 'the connection closed before the interface was read');
  const onLimit = (limit: LimitName): void => {
    refusals?.count(limit);
    link.log(LIMIT_LINES[limit] ?? limit);
  };
  const requested = { idleMs: 0, totalMs: supervision.startLimitMs, maxReplyBytes };
  const limits = service === undefined ? requested : serviceLimits(connectors, service, requested);
  return link.whileOpen(
    readInterface(connection, clock.wall(), { ...limits, onLimit }, AbortSignal.any([signal, link.ended])),
  );
}

function limitOf(
  { clock, supervision: { startLimitMs: ms } }: SupervisorDependencies,
  code: 'SERVICE_START_TIMEOUT' | 'SERVICE_UNRESPONSIVE',
): Deadline {
  return { clock, ms, late: () => new ClarityError(code, `no response within ${String(ms)} ms`) };
}
