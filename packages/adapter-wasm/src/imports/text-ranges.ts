/** The part of `[start, start + length)` that lies in `[0, size)`, as start and end. */
export function clampedRange(start: bigint, length: bigint, size: number): [start: number, end: number] {
  const within = (place: bigint): number => {
    if (place <= 0n) return 0;
    return place >= BigInt(size) ? size : Number(place);
  };
  const first = within(start);
  return [first, Math.max(first, within(start + length))];
}

/** How often `part`, which is not empty, stands in the text without overlapping itself. */
export function occurrences(text: string, part: string): number {
  let count = 0;
  for (let at = text.indexOf(part); at !== -1; at = text.indexOf(part, at + part.length)) count += 1;
  return count;
}
