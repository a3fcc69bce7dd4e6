import type { ResourceLimits } from '@clarity-runtime/core';
import { BOOT_MARK } from '../process/child-marks.ts';
import { hasVariable, processIds, processSample, type ProcessSample } from '../process/process-table.ts';
import { exceededLimit, type ExceededLimit, type ResourceUse } from './resource-limits.ts';

/** A child with limits. */
export interface WatchedChild {
  readonly pid: number;
  readonly bootId: string;
  readonly limits: ResourceLimits;
  /** Processes of the runtime itself in the tree of the child. */
  readonly ownProcesses: number;
  readonly onExceeded: (limit: ExceededLimit) => void;
}

const CALM_MS = 200;
const BUSY_MS = 40;
/** Share of a limit from which the samples follow each other faster. */
const BUSY_SHARE = 0.5;
/** Samples until processes that belong to no child are read again: the system may have reused their ids. */
const ROUNDS_OF_STRANGERS = 10;

/**
 * Samples the processes of children with limits, and reports a child whose processes exceed a limit together. A process
 * belongs to a child by its parent, its group, its session, or the mark in its environment, and stays with it when it leaves.
 */
export class UsageWatch {
  readonly #children = new Map<number, WatchedChild>();
  /** Leader of each known process, by id and start time; 0 for a process of no child. */
  readonly #owners = new Map<string, number>();
  readonly #strangers = new Set<number>();
  #round = 0;
  #timer: NodeJS.Timeout | undefined;

  /** Watches a child until it exceeds a limit or the returned function is called. */
  add(child: WatchedChild): () => void {
    const { memoryBytes, processes, cpuSeconds } = child.limits;
    if (memoryBytes === undefined && processes === undefined && cpuSeconds === undefined) return () => undefined;
    this.#children.set(child.pid, child);
    // Processes of the new child may have been sampled before.
    this.#strangers.clear();
    for (const [key, owner] of this.#owners) if (owner === 0) this.#owners.delete(key);
    this.#schedule(BUSY_MS);
    return () => {
      if (this.#children.get(child.pid) === child) this.#children.delete(child.pid);
    };
  }

  #schedule(ms: number): void {
    if (this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      const isBusy = this.#sample();
      if (this.#children.size > 0) this.#schedule(isBusy ? BUSY_MS : CALM_MS);
      else this.#owners.clear();
    }, ms).unref();
  }

  /** Returns whether a child uses a large share of a limit. */
  #sample(): boolean {
    const uses = this.#uses();
    let isBusy = false;
    for (const [pid, child] of [...this.#children]) {
      const use = uses.get(pid);
      if (use === undefined) continue;
      const limit = exceededLimit(use, child.limits);
      if (limit === undefined) isBusy ||= isNear(use, child.limits);
      else {
        this.#children.delete(pid);
        child.onExceeded(limit);
      }
    }
    return isBusy;
  }

  #uses(): ReadonlyMap<number, ResourceUse> {
    const samples = this.#samples();
    const uses = new Map<number, ResourceUse>();
    for (const sample of samples.values()) {
      const owner = this.#ownerOf(sample, samples);
      if (owner === 0) this.#strangers.add(sample.pid);
      const ownProcesses = this.#children.get(owner)?.ownProcesses ?? 0;
      const use = uses.get(owner) ?? { memoryBytes: 0, processes: -ownProcesses, cpuSeconds: 0 };
      uses.set(owner, {
        memoryBytes: use.memoryBytes + sample.memoryBytes,
        processes: use.processes + 1,
        cpuSeconds: use.cpuSeconds + sample.cpuSeconds,
      });
    }
    return uses;
  }

  #samples(): ReadonlyMap<number, ProcessSample> {
    this.#round = (this.#round + 1) % ROUNDS_OF_STRANGERS;
    const isFull = this.#round === 0;
    if (isFull) this.#strangers.clear();
    const found = new Map<number, ProcessSample>();
    for (const pid of processIds()) {
      if (this.#strangers.has(pid)) continue;
      const sample = processSample(pid);
      if (sample !== undefined) found.set(pid, sample);
    }
    if (isFull) {
      const running = new Set([...found.values()].map(keyOf));
      for (const key of this.#owners.keys()) if (!running.has(key)) this.#owners.delete(key);
    }
    return found;
  }

  /** Walks from a process to its parents until one belongs to a child. */
  #ownerOf(sample: ProcessSample, samples: ReadonlyMap<number, ProcessSample>): number {
    const path = new Set<ProcessSample>();
    let owner: number | undefined;
    for (let at: ProcessSample | undefined = sample; at !== undefined && !path.has(at);) {
      path.add(at);
      owner = this.#owners.get(keyOf(at)) ?? this.#leaderOf(at) ?? this.#markedOwner(at.pid);
      if (owner !== undefined) break;
      at = samples.get(at.parent);
    }
    for (const each of path) this.#owners.set(keyOf(each), owner ?? 0);
    return owner ?? 0;
  }

  #leaderOf({ pid, group, session }: ProcessSample): number | undefined {
    return [pid, group, session].find((id) => this.#children.has(id));
  }

  #markedOwner(pid: number): number | undefined {
    for (const child of this.#children.values()) {
      if (hasVariable(pid, `${BOOT_MARK}=${child.bootId}`)) return child.pid;
    }
    return undefined;
  }
}

const keyOf = ({ pid, startedAt }: ProcessSample): string => `${String(pid)}/${startedAt}`;

function isNear(use: ResourceUse, { memoryBytes, processes, cpuSeconds }: ResourceLimits): boolean {
  const share = [
    [use.memoryBytes, memoryBytes],
    [use.processes, processes],
    [use.cpuSeconds, cpuSeconds],
  ] as const;
  return share.some(([used, limit]) => limit !== undefined && used > limit * BUSY_SHARE);
}
