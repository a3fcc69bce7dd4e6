/** Signals every process of the group; false when there is none. Numbers that mean "all of mine" are refused. */
export function signalGroup(leader: number, signal: 'SIGTERM' | 'SIGKILL'): boolean {
  if (!Number.isInteger(leader) || leader <= 1) return false;
  try {
    return process.kill(-leader, signal);
  } catch {
    return false;
  }
}
