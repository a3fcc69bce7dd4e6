import { batch, computed, signal } from '@preact/signals';
import type {
  ApprovalEntry,
  CallEntry,
  ConsoleSnapshot,
  DaemonFacts,
  MinuteReading,
  ProblemEntry,
  ServiceEntry,
  StateDelta,
  StoreCondition,
} from '../api/model.ts';
import { hasProblem, stateOf } from '../text/states.ts';

/** Calls that the page keeps. */
const MAX_CALLS = 5_000;
/** Points of figures that the page keeps: one hour of one every 5 s. */
const MAX_FIGURES = 720;

/** State of the connection with the daemon. */
export type LinkState =
  | { readonly kind: 'loading' }
  | { readonly kind: 'live' }
  | { readonly kind: 'lost'; readonly since: number; readonly retryAt: number; readonly reason: string }
  | { readonly kind: 'signed-out' };

/** The state of the runtime that the page knows: the snapshot with all deltas applied. Every member is a signal. */
export class ConsoleStore {
  readonly connection = signal<LinkState>({ kind: 'loading' });
  /** Time of the last event of the stream. */
  readonly heardAt = signal(0);
  readonly runtime = signal<DaemonFacts | undefined>(undefined);
  readonly storage = signal<StoreCondition>({ state: 'up' });
  readonly byId = signal<ReadonlyMap<string, ServiceEntry>>(new Map());
  readonly problems = signal<readonly ProblemEntry[]>([]);
  readonly approvals = signal<readonly ApprovalEntry[]>([]);
  readonly figures = signal<readonly MinuteReading[]>([]);
  /** Newest first. */
  readonly calls = signal<readonly CallEntry[]>([]);
  readonly skippedCalls = signal(0);
  readonly grants = signal<readonly string[] | undefined>(undefined);
  /** Count of deltas, for views that load data of the whole runtime. */
  readonly changes = signal(0);
  /** Counts of deltas by service: views that load data of one service load it again. */
  readonly changedAt = signal<ReadonlyMap<string, number>>(new Map());

  readonly services = computed(() => [...this.byId.value.values()]);
  readonly byNamespace = computed(() => new Map(this.services.value.map((one) => [one.ns, one])));
  readonly problemById = computed(() => new Map(this.problems.value.map((one) => [one.id, one])));
  readonly broken = computed(() => this.services.value.filter(hasProblem));
  readonly pending = computed(() => this.approvals.value.filter(({ state }) => state === 'pending'));
  readonly toReview = computed(
    () =>
      this.pending.value.length +
      this.services.value.filter((one) => ['held', 'quarantined'].includes(stateOf(one))).length,
  );

  applySnapshot(snapshot: ConsoleSnapshot): void {
    batch(() => {
      this.runtime.value = snapshot.runtime;
      this.storage.value = snapshot.storage;
      this.byId.value = new Map(snapshot.services.map((one) => [one.id, one]));
      this.problems.value = snapshot.problems;
      this.approvals.value = snapshot.approvals;
      this.grants.value = snapshot.grants;
      if (snapshot.figures !== undefined && this.figures.peek().length === 0) this.figures.value = [snapshot.figures];
      this.heardAt.value = Date.now();
    });
  }

  applyDelta({ changed = [], removed = [], storage }: StateDelta): void {
    batch(() => {
      if (changed.length + removed.length > 0) {
        const next = new Map(this.byId.value);
        for (const one of changed) next.set(one.id, one);
        for (const id of removed) next.delete(id);
        this.byId.value = next;
        this.#markChanged([...changed.map(({ id }) => id), ...removed]);
      }
      if (storage !== undefined) this.storage.value = storage;
    });
  }

  /** Adds figures, and updates the figures of the services that they name. */
  applyFigures(figures: MinuteReading): void {
    batch(() => {
      this.figures.value = [...this.figures.value, figures].slice(-MAX_FIGURES);
      const { services = [] } = figures;
      if (services.length === 0) return;
      const next = new Map(this.byId.value);
      for (const { id, ...rest } of services) {
        const known = next.get(id);
        if (known !== undefined) next.set(id, { ...known, ...rest });
      }
      this.byId.value = next;
    });
  }

  /** Adds calls in the order of their ends. A call that the page already has stays once. */
  addCalls(calls: readonly CallEntry[], skipped = 0): void {
    if (calls.length === 0 && skipped === 0) return;
    batch(() => {
      const known = new Set(this.calls.value.slice(0, 1_000).map(({ id }) => id));
      const fresh = calls.filter(({ id }) => !known.has(id));
      const all = [...fresh, ...this.calls.value];
      if (fresh.length > 0)
        this.calls.value = all.sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0)).slice(0, MAX_CALLS);
      if (skipped > 0) this.skippedCalls.value += skipped;
    });
  }

  may(grant: string): boolean {
    return this.grants.value?.includes(grant) ?? true;
  }

  #markChanged(ids: readonly string[]): void {
    const next = new Map(this.changedAt.value);
    for (const id of ids) next.set(id, (next.get(id) ?? 0) + 1);
    this.changedAt.value = next;
    this.changes.value += 1;
  }
}
