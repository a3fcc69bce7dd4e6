import type { Caller } from '../../domain/access/caller.ts';
import { allowsOn, decide } from '../../domain/access/decide.ts';
import { ClarityError } from '../../domain/errors/clarity-error.ts';
import { matchesCall, type CallFilter, type CallRecord } from '../../domain/calls/call-record.ts';
import { seenClients, type CallingClient } from '../../domain/calls/seen-clients.ts';
import type { CallLoad } from '../../domain/calls/call-metrics.ts';
import { toPrintableAscii } from '../../domain/text/safe-text.ts';
import type { Problem } from '../../domain/services/problem.ts';
import { groupProblems, shownProblem, type ProblemGroup } from '../../domain/services/problem-groups.ts';
import type { Service } from '../../domain/services/service.ts';
import type { Clock } from '../../ports/index.ts';
import type {
  CallPage,
  FigureSeries,
  MinuteFigures,
  NewCalls,
  OverviewOperations,
  SeriesStep,
  ServiceRow,
  ServiceStates,
  StateChanges,
} from '../../ports/inbound/overview.ts';
import type { CallHistory } from '../audit/call-history.ts';
import { countsOf, minuteOf, seriesOf, totalOf } from './call-figures.ts';
import type { Guard } from './guard.ts';
import { serviceRow, stateOf } from './service-row.ts';
import { StateTracker, type StateTrackerDependencies } from './state-tracker.ts';

export interface OverviewDependencies extends StateTrackerDependencies {
  readonly guard: Guard;
  readonly history: CallHistory;
  readonly clock: Clock;
  /** Id of the process: positions of another one are not known. */
  readonly instanceId: string;
}

/** New calls that are looked at: all that are kept. */
const MAX_NEW_CALLS = 2_000;

/** States, problems and calls of all services for pages. The first read starts to follow the changes. */
export class Overview implements OverviewOperations {
  readonly #dependencies: OverviewDependencies;
  #tracker: StateTracker | undefined;

  constructor(dependencies: OverviewDependencies) {
    this.#dependencies = dependencies;
  }

  async states(caller: Caller): Promise<ServiceStates> {
    this.#checkRead(caller, 'read the state of services');
    const tracker = this.#follow();
    await tracker.settled();
    return {
      position: this.#positionText(tracker),
      rows: this.#visible(caller).map((service) => this.#row(caller, tracker, service)),
      problems: this.#problems(caller, tracker),
    };
  }

  async problems(caller: Caller): Promise<ReadonlyMap<string, Problem>> {
    this.#checkRead(caller, 'read the state of services');
    const tracker = this.#follow();
    await tracker.settled();
    return new Map(
      tracker
        .problems()
        .filter(({ namespace }) => allowsOn(caller, 'read', namespace))
        .map((one) => [one.serviceId, shownProblem(one, allowsOn(caller, 'inspect', one.namespace))]),
    );
  }

  async problem(caller: Caller, serviceId: string): Promise<Problem | undefined> {
    const found = await this.#follow().settledProblem(serviceId);
    if (found === undefined || !allowsOn(caller, 'read', found.namespace)) return undefined;
    return shownProblem(found, allowsOn(caller, 'inspect', found.namespace));
  }

  position(): string {
    return this.#positionText(this.#follow());
  }

  changes(caller: Caller, position: string): StateChanges | undefined {
    this.#checkRead(caller, 'read the state of services');
    const tracker = this.#tracker;
    const from = this.#readPosition(position)?.state;
    const found = from === undefined ? undefined : tracker?.after(from);
    if (tracker === undefined || from === undefined || found === undefined) return undefined;
    const { catalog } = this.#dependencies;
    const mayRead = (namespace: string): boolean => allowsOn(caller, 'read', namespace);
    const services = found.changed.flatMap((serviceId) => catalog.find(serviceId) ?? []);
    return {
      position: this.#positionText(tracker),
      rows: services
        .filter(({ namespace }) => mayRead(namespace))
        .map((service) => this.#row(caller, tracker, service)),
      removed: found.removed.filter(({ note }) => mayRead(note)).map(({ name }) => name),
      ...(tracker.problemsAt > from ? { problems: this.#problems(caller, tracker) } : {}),
    };
  }

  words(caller: Caller): readonly Pick<ServiceRow, 'state'>[] {
    this.#checkRead(caller, 'read the state of services');
    return this.#visible(caller).map((service) => ({ state: stateOf(this.#dependencies, service) }));
  }

  minute(caller: Caller): MinuteFigures {
    this.#checkRead(caller, 'read figures');
    const { history, load } = this.#dependencies;
    const now = this.#seconds();
    const loads = this.#visible(caller).map(({ serviceId }): CallLoad => load(serviceId));
    const sum = (count: (each: CallLoad) => number): number => loads.reduce((all, each) => all + count(each), 0);
    const isAll = decide(caller, { verb: 'read', target: 'everything' }).isAllowed;
    const { catalog } = this.#dependencies;
    const visible = [...history.active].filter((id) => {
      const namespace = catalog.find(id)?.namespace;
      return namespace !== undefined && allowsOn(caller, 'read', namespace);
    });
    const services = visible.map((serviceId) => ({ serviceId, ...minuteOf(history.series(serviceId), now) }));
    return {
      ...(isAll
        ? minuteOf(history.series(), now)
        : totalOf(
            visible.map((id) => history.series(id)),
            now,
          )),
      inFlight: sum(({ inFlight }) => inFlight),
      waiting: sum(({ waiting }) => waiting),
      services: services.filter(({ calls }) => calls > 0),
    };
  }

  series(caller: Caller, { serviceId, step }: { serviceId?: string | undefined; step: SeriesStep }): FigureSeries {
    const { guard, catalog, history, clock } = this.#dependencies;
    const intent = { action: 'read figures' };
    // The total has the calls of all services.
    if (serviceId === undefined) guard.check(caller, 'read', intent);
    const found = serviceId === undefined ? undefined : catalog.find(catalog.currentId(serviceId));
    if (serviceId !== undefined) guard.checkOn(caller, 'read', { ...intent, serviceId }, found);
    const series = history.series(found?.serviceId);
    return seriesOf(series, { now: this.#seconds(), wallMs: clock.wall().getTime(), step });
  }

  sparks(
    caller: Caller,
    serviceIds: readonly string[],
    { step, points }: { readonly step: SeriesStep; readonly points: number },
  ): ReadonlyMap<string, readonly number[]> {
    this.#checkRead(caller, 'read figures');
    const { catalog, history } = this.#dependencies;
    const known = serviceIds.filter((id) => {
      const namespace = catalog.find(id)?.namespace;
      return namespace !== undefined && allowsOn(caller, 'read', namespace);
    });
    const now = this.#seconds();
    return new Map(known.map((id) => [id, countsOf(history.series(id), { now, step, points })]));
  }

  calls(
    caller: Caller,
    { limit, after, ...filter }: CallFilter & { readonly limit: number; readonly after?: string | undefined },
  ): CallPage {
    this.#dependencies.guard.check(caller, 'inspect', { action: 'read calls', target: 'something' });
    const before = after === undefined ? undefined : callNumber(after);
    const passes = (call: CallRecord): boolean => seesCall(caller, call) && matchesCall(call, filter);
    const items = this.#dependencies.history.newest(limit, passes, before);
    const last = items.at(-1);
    return { items, ...(last === undefined || items.length < limit ? {} : { next: String(last.seq) }) };
  }

  clients(caller: Caller): readonly CallingClient[] {
    const { guard, history, clock } = this.#dependencies;
    guard.check(caller, 'inspect', { action: 'read clients', target: 'something' });
    const calls = history.newest(MAX_NEW_CALLS, (call) => seesCall(caller, call));
    return seenClients(calls, clock.wall().getTime());
  }

  callsAfter(caller: Caller, position: string, limit: number): NewCalls {
    const { history } = this.#dependencies;
    const from = this.#readPosition(position)?.call ?? history.last;
    const isNew = (call: CallRecord): boolean => call.seq > from && seesCall(caller, call);
    // Calls of services that the caller may not see are not counted as skipped.
    const found = history.newest(MAX_NEW_CALLS, isNew);
    return { items: found.slice(0, limit).reverse(), skipped: Math.max(0, found.length - limit) };
  }

  #follow(): StateTracker {
    return (this.#tracker ??= new StateTracker(this.#dependencies));
  }

  #checkRead(caller: Caller, action: string): void {
    this.#dependencies.guard.check(caller, 'read', { action, target: 'something' });
  }

  #visible(caller: Caller): readonly Service[] {
    return this.#dependencies.catalog.all().filter(({ namespace }) => allowsOn(caller, 'read', namespace));
  }

  #row(caller: Caller, tracker: StateTracker, service: Service): ServiceRow {
    const { serviceId } = service;
    const series = this.#dependencies.history.series(serviceId);
    const minute = series === undefined ? undefined : minuteOf(series, this.#seconds());
    return serviceRow(this.#dependencies, service, { caller, problem: tracker.problem(serviceId), minute });
  }

  #problems(caller: Caller, tracker: StateTracker): readonly ProblemGroup[] {
    const visible = tracker.problems().filter(({ namespace }) => allowsOn(caller, 'read', namespace));
    return groupProblems(visible, ({ namespace }) => allowsOn(caller, 'inspect', namespace));
  }

  #positionText({ position }: StateTracker): string {
    return `${this.#dependencies.instanceId}.${String(position)}.${String(this.#dependencies.history.last)}`;
  }

  #readPosition(text: string): { readonly state: number; readonly call: number } | undefined {
    const [, instance, state, call] = /^([0-9a-f]{1,64})\.(\d{1,15})\.(\d{1,15})$/.exec(text) ?? [];
    return instance === this.#dependencies.instanceId ? { state: Number(state), call: Number(call) } : undefined;
  }

  #seconds(): number {
    return this.#dependencies.clock.monotonic() / 1000;
  }
}

const seesCall = (caller: Caller, { namespace }: CallRecord): boolean => allowsOn(caller, 'inspect', namespace);

function callNumber(text: string): number {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  throw new ClarityError('REQUEST_INVALID', `after '${toPrintableAscii(text)}'`, {
    field: 'after',
    hint: 'pass the unchanged `next` of an earlier page',
  });
}
