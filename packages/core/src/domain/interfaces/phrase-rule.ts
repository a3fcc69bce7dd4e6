/** Place of a phrase in a text. */
export interface PhraseMatch {
  /** First offset at which the phrase may begin. */
  readonly from: number;
  /** Last offset at which the phrase may begin. */
  readonly start: number;
  readonly end: number;
}

/** One phrase of a rule. */
export interface Phrase {
  /** A pattern with flag `g`, or a function that returns the matches in ascending order. */
  readonly form: RegExp | ((text: string) => readonly PhraseMatch[]);
  /** Maximum count of characters between the previous phrase and this one. */
  readonly within?: number;
  /** A full stop between the previous phrase and this one separates them. */
  readonly isSameSentence?: boolean;
}

/** Phrases that follow one another within bounded distances. */
export type PhraseRule = readonly Phrase[];

/**
 * Returns whether the phrases of a rule follow one another in a text. Linear in the length of the text: it searches each phrase
 * once and compares the places, where a pattern of all phrases would try each start again.
 */
export function matchesRule(rule: PhraseRule, text: string): boolean {
  let reached: readonly PhraseMatch[] | undefined;
  for (const phrase of rule) {
    const found = matchesOf(phrase, text);
    reached = reached === undefined ? found : following(reached, found, phrase, text);
    if (reached.length === 0) return false;
  }
  return true;
}

const matchesOf = ({ form }: Phrase, text: string): readonly PhraseMatch[] =>
  typeof form === 'function'
    ? form(text)
    : Array.from(text.matchAll(form), ({ 0: { length }, index }) => ({
        from: index,
        start: index,
        end: index + length,
      }));

/** Returns the matches that follow one of `before`. Only the nearest earlier match counts: every other one is farther away. */
function following(
  before: readonly PhraseMatch[],
  found: readonly PhraseMatch[],
  { within = 0, isSameSentence = false }: Phrase,
  text: string,
): readonly PhraseMatch[] {
  const reached: PhraseMatch[] = [];
  let next = 0;
  let end = -1;
  for (const match of found) {
    for (; next < before.length && (before[next]?.end ?? 0) <= match.start; next += 1) end = before[next]?.end ?? 0;
    if (end < 0) continue;
    const gap = Math.max(0, match.from - end);
    if (gap > within || (isSameSentence && text.slice(end, end + gap).includes('.'))) continue;
    reached.push(match);
  }
  return reached;
}
