/** `H01-H03` is H01, H02, H03; `T-244-T-246` expands likewise. */
export function expandIds(ranges: readonly string[]): readonly string[] {
  return ranges.flatMap((range) => {
    const found = /^(T-|[A-Z])(\d+)-\1(\d+)$/.exec(range);
    if (found === null) throw new Error(`no range of threat ids: ${range}`);
    const [, prefix = '', first = '', last = ''] = found;
    return Array.from({ length: Number(last) - Number(first) + 1 }, (_, i) => {
      return prefix + String(Number(first) + i).padStart(first.length, '0');
    });
  });
}
