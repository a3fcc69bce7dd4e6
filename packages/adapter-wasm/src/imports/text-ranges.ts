/** Returns the intersection of `[start, start + length)` and `[0, size)` as start and end. */
export function clampedRange(start: bigint, length: bigint, size: number): [start: number, end: number] {
  const within = (place: bigint): number => {
    if (place <= 0n) return 0;
    return place >= BigInt(size) ? size : Number(place);
  };
  const first = within(start);
  return [first, Math.max(first, within(start + length))];
}

/** Counts the occurrences of `part`, which is not empty, in the text. Occurrences do not overlap. */
export function occurrences(text: string, part: string): number {
  let count = 0;
  for (let at = text.indexOf(part); at !== -1; at = text.indexOf(part, at + part.length)) count += 1;
  return count;
}
