/**
 * Runs `work` and returns the CPU time of this process in milliseconds. Unlike the wall clock it does not grow while other
 * processes use the machine.
 */
export function cpuMsOf(work: () => unknown): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}
