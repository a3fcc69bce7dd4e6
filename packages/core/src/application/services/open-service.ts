import { ClarityError, reasonOf } from '../../domain/errors/clarity-error.ts';
import type { LifecycleEvent } from '../../domain/services/lifecycle.ts';
import type { Service } from '../../domain/services/service.ts';
import type { ServiceState } from './service-state.ts';
import type { InterfaceSnapshot } from '../../domain/interfaces/interface-snapshot.ts';
import { startLimits } from '../../domain/services/start-limits.ts';
import type { LimitName } from '../../domain/audit/limit-name.ts';
import { serviceLimits } from '../support/service-limits.ts';
import { withDeadline } from '../support/async.ts';
import { readInterface } from './interface-reader.ts';
import { withPageTools } from './page-tools.ts';
import { withStartLimits } from './start-deadline.ts';
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
  'text.cut': 'A text of the service exceeds its limit; its end was dropped',
  'definition.too_large': 'A definition of the service exceeds the size limit and was dropped',
};

/** Connects and reads the interface within the start limits. The caller closes the connection when it rejects. */
export async function openService(
  state: ServiceState,
  service: Service,
  link: ObservedConnection,
): Promise<InterfaceSnapshot> {
  const { dependencies, gated } = state;
  const { clock, supervision } = dependencies;
  const { type } = service.manifest.spec.origin;
  const connector = dependencies.connectors.get(type);
  if (connector === undefined) throw new ClarityError('ORIGIN_UNSUPPORTED', type);
  const limits = startLimits(service.manifest, { idleMs: supervision.startIdleMs, maxMs: supervision.startLimitMs });
  const newestLine = (): string | undefined => state.status.starting?.line;
  const shown = await withStartLimits({ clock, ...limits, newestLine }, async ({ signal, alive }) => {
    state.onActivity = alive;
    await link.connect(connector, service, signal);
    return readWithLimits(dependencies, { service, totalMs: limits.maxMs }, link, signal);
  });
  state.onActivity = () => undefined;
  return gated.merge(shown, service, link);
}

/** Milliseconds that requests in flight have to end on a connection that another one has replaced. */
const REPLACED_MS = 10 * 60_000;

/**
 * Opens a second connection to a running service, and makes it the one of the service. Requests in flight end on the former
 * connection. Returns false if the service does not run, or if the connection cannot be opened.
 */
export async function replaceConnection(
  state: ServiceState,
  service: Service,
  link: ObservedConnection,
  answered: (link: ObservedConnection, error?: unknown) => void,
): Promise<boolean> {
  const { clock, supervision, admitted } = state.dependencies;
  const { link: former } = state;
  if (former === undefined) return false;
  try {
    await state.offer(await openService(state, await admitted(service), link), link);
    link.ended.throwIfAborted();
  } catch {
    await link.close('start failed', clock, supervision.stopLimitMs);
    return false;
  }
  state.link = link;
  const limits = { clock, idleMs: REPLACED_MS, closeMs: supervision.stopLimitMs, signal: link.ended };
  void former.closeWhenIdle('replaced', limits);
  watchHealth(state.dependencies, service, link, (error) => {
    answered(link, error);
  });
  state.changed();
  return true;
}

/** Reads the interface of a connected service again. */
export async function refreshInterface(
  { id, dependencies, gated }: ServiceState,
  link: ObservedConnection,
): Promise<InterfaceSnapshot> {
  const { clock, supervision } = dependencies;
  const ms = Math.min(supervision.interfaceLimitMs, supervision.startLimitMs);
  const late = (): Error => new ClarityError('SERVICE_UNRESPONSIVE', `no response within ${String(ms)} ms`);
  const service = dependencies.find(id);
  const shown = await withDeadline({ clock, ms, late }, (signal) =>
    readWithLimits(dependencies, { service, totalMs: ms }, link, signal),
  );
  return gated.merge(shown, dependencies.find(id), link);
}

/** Returns the event of a start that has succeeded now. */
export const startedNow = ({ clock }: SupervisorDependencies): LifecycleEvent => ({
  type: 'started',
  at: clock.monotonic(),
  heartbeat: clock.wall().toISOString(),
});

/** Probes the health of an opened service until its connection ends. */
export function watchHealth(
  { connectors, probe }: SupervisorDependencies,
  service: Service,
  { raw, ended }: ObservedConnection,
  report: (error?: unknown) => void,
): void {
  if (raw === undefined) return;
  void probe.watch(raw, ended, { resolveLimits: (requested) => serviceLimits(connectors, service, requested), report });
}

function readWithLimits(
  { clock, connectors, gatewayId, maxReplyBytes, refusals, interfaceLimits }: SupervisorDependencies,
  { service, totalMs }: { readonly service: Service | undefined; readonly totalMs: number },
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
  const requested = { idleMs: 0, totalMs, maxReplyBytes };
  const limits = service === undefined ? requested : serviceLimits(connectors, service, requested);
  const all = AbortSignal.any([signal, link.ended]);
  return link.whileOpen(
    readInterface(connection, clock.wall(), { ...limits, onLimit, interfaceLimits }, all).then((shown) => {
      if (gatewayId !== undefined && shown.reaches?.includes(gatewayId) === true) {
        throw new ClarityError(
          'GATEWAY_CIRCLE',
          `service '${service?.namespace ?? ''}' lists the tools of this gateway`,
        );
      }
      return withPageTools(connection, shown, { ...limits, onLimit, interfaceLimits }, all).catch((error: unknown) => {
        link.log(`Tools for clients that show app pages were not read: ${reasonOf(error)}`);
        return shown;
      });
    }),
  );
}

/** Applies the quarantine of the stored record, or its end. A quarantine that is not stored yet stays. */
export function adoptHold(state: ServiceState): 'held' | 'released' | undefined {
  const { find, holds } = state.dependencies;
  const service = find(state.id);
  if (service?.hold !== undefined) {
    state.apply({ type: 'held', reason: service.hold.reason });
    return 'held';
  }
  const isHeld = state.status.lifecycle === 'QUARANTINED';
  if (!isHeld || service === undefined || holds.isUnstored(state.id)) return undefined;
  state.apply({ type: 'released' });
  state.changed();
  return 'released';
}

/** Ends the processes of a service that no connection owns. Never rejects. */
export async function endLeftovers({ id, dependencies }: ServiceState): Promise<void> {
  const { audit, clock, connectors, find, supervision } = dependencies;
  const type = find(id)?.manifest.spec.origin.type;
  const connector = type === undefined ? undefined : connectors.get(type);
  if (connector?.endLeftovers === undefined) return;
  const ms = supervision.stopLimitMs;
  const late = (): Error => new Error(`not ended within ${String(ms)} ms`);
  try {
    await withDeadline({ clock, ms, late }, async () => connector.endLeftovers?.(id));
  } catch (error) {
    audit.log(id, `Processes of the service were not ended: ${reasonOf(error)}`);
  }
}
