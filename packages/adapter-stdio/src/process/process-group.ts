/**
 * Signals every process of a group. Returns false when the group does not exist, or when `leader` is not an integer above 1:
 * `kill(2)` signals other processes for 0, -1 and 1.
 */
export function signalGroup(leader: number, signal: 'SIGTERM' | 'SIGKILL'): boolean {
  if (!Number.isInteger(leader) || leader <= 1) return false;
  try {
    return process.kill(-leader, signal);
  } catch {
    return false;
  }
}
