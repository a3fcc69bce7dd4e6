import { DEFAULT_TENANT } from '../../domain/access/tenant.ts';
import { causeOf, lastOutput, type Cause } from '../../domain/services/cause-line.ts';
import { ChangePositions, type PositionedChanges } from '../../domain/services/change-positions.ts';
import type { Problem } from '../../domain/services/problem.ts';
import type { Telemetry } from '../../ports/index.ts';
import type { EventBus } from '../audit/event-bus.ts';
import { serviceProblem, type ServiceRowSources } from './service-row.ts';

export interface StateTrackerDependencies extends ServiceRowSources {
  readonly telemetry: Telemetry;
  readonly events: EventBus;
}

/** Lines of a log that are read for the cause of a failure. */
const LOG_LINES = 300;

interface Tracked {
  readonly namespace: string;
  readonly problem: Problem | undefined;
  /** `problem` as text, to see whether it differs. */
  readonly text: string;
}

/**
 * Follows the changes of all services: positions for readers that resume, and the problem of each service with the line of its
 * output that explains it. Work is done only when something changes.
 */
export class StateTracker {
  readonly #dependencies: StateTrackerDependencies;
  readonly #positions = new ChangePositions();
  readonly #tracked = new Map<string, Tracked>();
  readonly #causes = new Map<string, Cause>();
  readonly #reading = new Map<string, Promise<void>>();
  readonly #dirty = new Set<string>();
  #problemsAt = 0;

  constructor(dependencies: StateTrackerDependencies) {
    this.#dependencies = dependencies;
    for (const { serviceId } of dependencies.catalog.all()) this.#mark(serviceId);
    dependencies.events.on('state.changed', ({ serviceId }) => {
      if (serviceId === undefined) this.#reset();
      else this.#mark(serviceId);
    });
  }

  get position(): number {
    this.#refresh();
    return this.#positions.position;
  }

  /** Position of the newest change of a problem. */
  get problemsAt(): number {
    this.#refresh();
    return this.#problemsAt;
  }

  /** Resolves when the logs of failed services are read. */
  async settled(): Promise<void> {
    this.#refresh();
    await Promise.all(this.#reading.values());
    this.#refresh();
  }

  /** Returns the problem of one service when its log is read. The work does not depend on the number of services. */
  async settledProblem(serviceId: string): Promise<Problem | undefined> {
    const update = (): void => {
      if (this.#dirty.delete(serviceId)) this.#update(serviceId);
    };
    update();
    await this.#reading.get(serviceId);
    update();
    return this.#tracked.get(serviceId)?.problem;
  }

  after(position: number): PositionedChanges | undefined {
    this.#refresh();
    return this.#positions.after(position);
  }

  problem(serviceId: string): Problem | undefined {
    this.#refresh();
    return this.#tracked.get(serviceId)?.problem;
  }

  /** Returns the problems of all services. */
  problems(): readonly Problem[] {
    this.#refresh();
    return [...this.#tracked.values()].flatMap(({ problem }) => problem ?? []);
  }

  #mark(serviceId: string): void {
    this.#dirty.add(serviceId);
  }

  #reset(): void {
    for (const { serviceId } of this.#dependencies.catalog.all()) this.#mark(serviceId);
    this.#positions.reset();
  }

  #refresh(): void {
    if (this.#dirty.size === 0) return;
    const ids = [...this.#dirty];
    this.#dirty.clear();
    for (const serviceId of ids) this.#update(serviceId);
  }

  #update(serviceId: string): void {
    const service = this.#dependencies.catalog.find(serviceId);
    const before = this.#tracked.get(serviceId);
    if (service === undefined) {
      if (before === undefined) return;
      this.#tracked.delete(serviceId);
      this.#causes.delete(serviceId);
      this.#positions.removed(serviceId, before.namespace);
      if (before.problem !== undefined) this.#problemsAt = this.#positions.position;
      return;
    }
    const problem = serviceProblem(this.#dependencies, service, this.#causes.get(serviceId));
    const text = problem === undefined ? '' : JSON.stringify(problem);
    this.#tracked.set(serviceId, { namespace: service.namespace, problem, text });
    this.#positions.changed(serviceId);
    if (text === (before?.text ?? '')) return;
    this.#problemsAt = this.#positions.position;
    if (problem === undefined) this.#causes.delete(serviceId);
    // A start in progress has no output that explains an end yet.
    else if (problem.host === undefined && problem.source !== 'interface' && problem.state !== 'starting')
      this.#read(serviceId);
  }

  /** Reads the log of a failed service. The service changes again if the log explains the failure. */
  #read(serviceId: string): void {
    if (this.#reading.has(serviceId)) return;
    const { telemetry, events } = this.#dependencies;
    const work = telemetry
      .logs(DEFAULT_TENANT, serviceId, LOG_LINES)
      .catch((): readonly string[] => [])
      .then((log) => {
        this.#reading.delete(serviceId);
        const cause = causeOf(lastOutput(log));
        const known = this.#causes.get(serviceId);
        if (cause?.line === known?.line || !this.#tracked.has(serviceId)) return;
        if (cause === undefined) this.#causes.delete(serviceId);
        else this.#causes.set(serviceId, cause);
        events.publish('state.changed', { serviceId });
      });
    this.#reading.set(serviceId, work);
  }
}
