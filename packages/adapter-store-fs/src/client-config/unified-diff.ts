const CONTEXT = 3;

/** One hunk from the first to the last line that differs, in the form that `patch` reads; empty when none does. */
export function unifiedDiff(path: string, before: string, after: string): string {
  if (before === after) return '';
  const [old, now] = [linesOf(before), linesOf(after)];
  let head = 0;
  while (head < old.length && head < now.length && old[head] === now[head]) head += 1;
  let tail = 0;
  const most = Math.min(old.length, now.length) - head;
  while (tail < most && old[old.length - 1 - tail] === now[now.length - 1 - tail]) tail += 1;
  const from = Math.max(0, head - CONTEXT);
  const after3 = Math.min(CONTEXT, tail);
  const removed = old.slice(head, old.length - tail);
  const added = now.slice(head, now.length - tail);
  const above = old.slice(from, head);
  const below = old.slice(old.length - tail, old.length - tail + after3);
  const range = (count: number): string => `${String(count === 0 ? from : from + 1)},${String(count)}`;
  const size = above.length + below.length;
  return [
    `--- ${before === '' ? '/dev/null' : path}`,
    `+++ ${after === '' ? '/dev/null' : path}`,
    `@@ -${range(size + removed.length)} +${range(size + added.length)} @@`,
    ...marked(' ', above),
    ...marked('-', removed),
    ...marked('+', added),
    ...marked(' ', below),
    '',
  ].join('\n');
}

/** Each with its line break, so that a last line without one differs from one with it. */
const linesOf = (text: string): readonly string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];

const marked = (mark: string, lines: readonly string[]): readonly string[] =>
  lines.map((line) =>
    line.endsWith('\n') ? mark + line.slice(0, -1) : `${mark}${line}\n\\ No newline at end of file`,
  );
