import { ClarityError, type ResourceLimits } from '@clarity-runtime/core';

/** A limit that a service exceeded. */
export interface ExceededLimit {
  readonly field: string;
  readonly reason: string;
}

/** The use of all processes of a service together. */
export interface ResourceUse {
  readonly memoryBytes: number;
  readonly processes: number;
  readonly cpuSeconds: number;
}

/** Seconds between the signal that names the cause and the one that cannot be ignored. */
const CPU_GRACE_SECONDS = 5;
/** Private memory that a process reserves besides the memory that it uses, such as stacks of threads. */
const RESERVED_BYTES = 256 * 1024 * 1024;

/** Limits that only Linux enforces: other systems show neither all processes of a service nor their memory. */
const LINUX_ONLY = ['memoryBytes', 'processes'] as const;

/**
 * Checks that this machine enforces every limit.
 * @throws ClarityError ISOLATION_UNAVAILABLE with the first limit that it does not enforce.
 */
export function assertEnforceable(limits: ResourceLimits = {}, platform: string = process.platform): void {
  const given = Object.entries(limits).flatMap(([name, value]) => (value === undefined ? [] : [name]));
  const missing = given.find(
    (name) => platform === 'win32' || (platform !== 'linux' && LINUX_ONLY.some((one) => one === name)),
  );
  if (missing === undefined) return;
  const field = `spec.limits.${missing}`;
  throw new ClarityError('ISOLATION_UNAVAILABLE', `${field} is not enforced on ${platform}`, {
    field,
    hint: `remove ${field}, or run the service on Linux`,
  });
}

/** Returns the shell commands that set the limits of the kernel for the program that the shell becomes. */
export function ulimitCommands({ memoryBytes, cpuSeconds, openFiles }: ResourceLimits = {}): string {
  const rows = [
    ...(openFiles === undefined ? [] : [['-n', openFiles]]),
    // SIGXCPU names the cause, and SIGKILL follows. The watch counts all processes of the service together.
    ...(cpuSeconds === undefined
      ? []
      : [
          ['-S -t', cpuSeconds],
          ['-H -t', cpuSeconds + CPU_GRACE_SECONDS],
        ]),
    // A bound for the time between two samples of the watch.
    ...(memoryBytes === undefined ? [] : [['-d', Math.ceil((2 * memoryBytes + RESERVED_BYTES) / 1024)]]),
  ];
  // A limit that exceeds the one of the daemon cannot be set, and the one of the daemon is stricter.
  return rows.map(([flags, value]) => `ulimit ${String(flags)} ${String(value)} 2>/dev/null || :\n`).join('');
}

/** Returns the first limit that the use exceeds. */
export function exceededLimit(use: ResourceUse, limits: ResourceLimits): ExceededLimit | undefined {
  const { memoryBytes = Infinity, processes = Infinity, cpuSeconds = Infinity } = limits;
  if (use.memoryBytes > memoryBytes) {
    return exceeded('memoryBytes', `${mebibytes(use.memoryBytes)} of memory`, mebibytes(memoryBytes));
  }
  if (use.processes > processes) return exceeded('processes', `${String(use.processes)} processes`, String(processes));
  if (use.cpuSeconds > cpuSeconds) return exceededCpu(cpuSeconds);
  return undefined;
}

/** Returns the exceeded limit of CPU time, which the kernel or the watch enforced. */
export const exceededCpu = (cpuSeconds: number): ExceededLimit =>
  exceeded('cpuSeconds', `more than ${String(cpuSeconds)} s of CPU time`, `${String(cpuSeconds)} s`);

const exceeded = (name: keyof ResourceLimits, used: string, allowed: string): ExceededLimit => ({
  field: `spec.limits.${name}`,
  reason: `the service used ${used}; spec.limits.${name} allows ${allowed}`,
});

const mebibytes = (bytes: number): string => `${String(Math.round(bytes / 1_048_576))} MiB`;
