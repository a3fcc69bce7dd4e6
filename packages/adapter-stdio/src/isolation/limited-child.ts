import type { ResourceLimits } from '@clarity-runtime/core';
import { endMarked } from '../process/child-marks.ts';
import type { ChildSpec, GuardedChild, ProcessSystem } from '../process/process-system.ts';
import { exceededCpu, ulimitCommands, type ExceededLimit } from './resource-limits.ts';
import type { UsageWatch } from './usage-watch.ts';

/** A child that ends when its processes exceed a limit together. */
export interface LimitedChild extends GuardedChild {
  /** The limit that ended it; known before `ended` resolves. */
  readonly exceeded: () => ExceededLimit | undefined;
}

/** Limits of a child, its mark, and the watch of all children. */
export interface LimitedSpec extends ChildSpec {
  readonly resources: ResourceLimits;
  readonly bootId: string;
  readonly watch: UsageWatch;
  readonly system: Pick<ProcessSystem, 'start'>;
  /** Processes that a sandbox adds. */
  readonly sandboxProcesses?: number;
}

/** The watcher of a guarded child is one process of its group. */
const WATCHER = 1;

/** Starts a child with limits. Its end has the limit as reason when it exceeded one. */
export async function startLimited(options: LimitedSpec): Promise<LimitedChild> {
  const { resources, bootId, watch, system, sandboxProcesses = 0, ...spec } = options;
  const child = await system.start({ ...spec, limits: ulimitCommands(resources) });
  let exceeded: ExceededLimit | undefined;
  const unwatch = watch.add({
    pid: child.pid,
    bootId,
    limits: resources,
    ownProcesses: WATCHER + sandboxProcesses,
    onExceeded: (limit) => {
      exceeded = limit;
      child.kill('SIGKILL');
      // Processes that left the group are part of the use.
      void endMarked((marked) => marked.bootId === bootId);
    },
  });
  const ended = child.ended.then((reason) => {
    unwatch();
    const { cpuSeconds } = resources;
    if (cpuSeconds !== undefined && reason.endsWith('SIGXCPU')) exceeded ??= exceededCpu(cpuSeconds);
    return exceeded?.reason ?? reason;
  });
  return { ...child, ended, exceeded: () => exceeded };
}
