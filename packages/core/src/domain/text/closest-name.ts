const MAX_LENGTH = 64;
const MAX_CANDIDATES = 200;

/**
 * Returns the candidate that is probably meant: at most a third of the letters of `name` are wrong, so a name of 1 or 2 letters
 * matches only in another case. Upper and lower case are equal. Undefined for names of more than 64 characters. Candidates
 * after the first 200 and longer than 64 characters are skipped.
 */
export function closestName(name: string, candidates: Iterable<string>): string | undefined {
  if (name.length > MAX_LENGTH) return undefined;
  const word = name.toLowerCase();
  const limit = Math.floor(name.length / 3);
  let closest: string | undefined;
  let shortest = limit + 1;
  let compared = 0;
  for (const candidate of candidates) {
    compared += 1;
    if (compared > MAX_CANDIDATES) break;
    if (candidate.length > MAX_LENGTH || Math.abs(candidate.length - name.length) > limit) continue;
    const distance = editDistance(word, candidate.toLowerCase());
    if (distance < shortest) [closest, shortest] = [candidate, distance];
  }
  return closest;
}

/**
 * Returns how many insertions, deletions, replacements and swaps of neighbors turn one word into the other
 * (Damerau-Levenshtein distance, optimal string alignment).
 */
export function editDistance(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const replaced = (last[column - 1] ?? 0) + (from[row - 1] === to[column - 1] ? 0 : 1);
      const isSwap = row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      const swapped = isSwap ? (beforeLast[column - 2] ?? 0) + 1 : Infinity;
      current.push(Math.min(replaced, swapped, (last[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    beforeLast = last;
    last = current;
  }
  return last[to.length] ?? 0;
}
