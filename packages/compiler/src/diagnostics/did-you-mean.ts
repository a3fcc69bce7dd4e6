import { closestName } from '@clarity-runtime/core/text';

/** Returns the hint `did you mean …?` with the closest candidate; undefined when no candidate is close. */
export function didYouMean(name: string, candidates: Iterable<string>): string | undefined {
  const closest = closestName(name, candidates);
  return closest === undefined ? undefined : `did you mean \`${closest}\`?`;
}
