/** What has come behind `before`, when both are the newest lines of one log at two times. */
export function newLines(before: readonly string[], now: readonly string[]): readonly string[] {
  for (let from = 0; from < before.length; from += 1) {
    const kept = before.length - from;
    if (kept <= now.length && isPrefix(before, from, now)) return now.slice(kept);
  }
  return now;
}

function isPrefix(before: readonly string[], from: number, now: readonly string[]): boolean {
  for (let at = from; at < before.length; at += 1) {
    if (before[at] !== now[at - from]) return false;
  }
  return true;
}
