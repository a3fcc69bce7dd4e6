/** One line of a difference. */
export interface DiffLine {
  readonly kind: 'add' | 'del' | 'ctx';
  readonly text: string;
}

/** Above this count of lines the middle is shown as removed and added, without a common part. */
const MAX_LINES = 400;

/** Returns the lines of `before` and `after` with what is common (longest common subsequence, at most 400 lines each). */
export function diffLines(before: string, after: string): readonly DiffLine[] {
  const a = before === '' ? [] : before.split('\n');
  const b = after === '' ? [] : after.split('\n');
  if (a.length > MAX_LINES || b.length > MAX_LINES) {
    return [...a.map((text) => ({ kind: 'del', text }) as const), ...b.map((text) => ({ kind: 'add', text }) as const)];
  }
  const lengths = commonLengths(a, b);
  const at = (i: number, j: number): number => lengths[i * (b.length + 1) + j] ?? 0;
  const lines: DiffLine[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    const [left, right] = [a[i], b[j]];
    if (left !== undefined && left === right) {
      lines.push({ kind: 'ctx', text: left });
      i += 1;
      j += 1;
    } else if (left !== undefined && (right === undefined || at(i + 1, j) >= at(i, j + 1))) {
      lines.push({ kind: 'del', text: left });
      i += 1;
    } else if (right !== undefined) {
      lines.push({ kind: 'add', text: right });
      j += 1;
    }
  }
  return lines;
}

/** Lengths of the longest common subsequence of the ends from i and j. */
function commonLengths(a: readonly string[], b: readonly string[]): Uint16Array {
  const width = b.length + 1;
  const lengths = new Uint16Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      const isSame = a[i] === b[j];
      const skip = Math.max(lengths[(i + 1) * width + j] ?? 0, lengths[i * width + j + 1] ?? 0);
      lengths[i * width + j] = isSame ? (lengths[(i + 1) * width + j + 1] ?? 0) + 1 : skip;
    }
  }
  return lengths;
}
