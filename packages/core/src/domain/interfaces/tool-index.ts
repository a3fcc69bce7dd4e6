import { normalizeText } from '../text/normalize-text.ts';

/** The text of a tool by which a search finds it. */
export interface IndexedTool {
  readonly name: string;
  readonly namespace: string;
  readonly title?: string;
  readonly description: string;
  readonly parameters: readonly string[];
}

export interface ToolQuery {
  readonly text: string;
  /** Only tools of this service. */
  readonly namespace?: string;
  readonly offset: number;
  readonly limit: number;
}

/** One page of a result. `total` is the number of all tools that match. */
export interface FoundTools<T> {
  readonly tools: readonly T[];
  readonly total: number;
}

const MAX_QUERY_LENGTH = 400;
const MAX_TERMS = 16;
/** Words of one tool that are indexed. */
const MAX_WORDS = 200;
const MAX_FIELD_LENGTH = 2_000;
const MIN_PREFIX_LENGTH = 3;
const PREFIX_WEIGHT = 0.6;
const WEIGHTS = { name: 8, namespace: 4, title: 4, parameters: 2, description: 1 } as const;

/**
 * Finds tools by words. The order is a pure function of the tools and of the query: the sum over the words of the query of the
 * weight of the field and of the rarity of the word, then the name. Time is linear in the number of different words.
 */
export class ToolIndex<T extends IndexedTool> {
  readonly #tools: readonly T[];
  /** Weights by position of the tool, by word. */
  readonly #words = new Map<string, Map<number, number>>();

  constructor(tools: readonly T[]) {
    this.#tools = tools.toSorted((a, b) => (a.name < b.name ? -1 : 1));
    for (const [at, tool] of this.#tools.entries()) this.#add(at, tool);
  }

  /** Returns all tools by name if the query has no words. */
  search({ text, namespace, offset, limit }: ToolQuery): FoundTools<T> {
    const terms = [...new Set(wordsOf(text.slice(0, MAX_QUERY_LENGTH)))].slice(0, MAX_TERMS);
    const isWanted = (tool: T): boolean => namespace === undefined || tool.namespace === namespace;
    const ranked = terms.length === 0 ? this.#tools : this.#ranked(terms);
    const found = ranked.filter(isWanted);
    return { tools: found.slice(offset, offset + limit), total: found.length };
  }

  #ranked(terms: readonly string[]): readonly T[] {
    const scores = new Map<number, number>();
    for (const term of terms) {
      const matches = this.#matches(term);
      const rarity = Math.log(1 + this.#tools.length / Math.max(1, matches.size));
      for (const [at, weight] of matches) scores.set(at, (scores.get(at) ?? 0) + weight * rarity);
    }
    // The tools are in the order of their names, and the sort is stable.
    return [...scores]
      .sort(([a], [b]) => a - b)
      .sort(([, a], [, b]) => b - a)
      .flatMap(([at]) => this.#tools[at] ?? []);
  }

  #matches(term: string): ReadonlyMap<number, number> {
    const found = new Map<number, number>();
    for (const [word, tools] of this.#words) {
      const factor = likeness(word, term);
      if (factor === 0) continue;
      for (const [at, weight] of tools) found.set(at, Math.max(found.get(at) ?? 0, weight * factor));
    }
    return found;
  }

  #add(at: number, { name, namespace, title = '', description, parameters }: T): void {
    const fields = { name, namespace, title, parameters: parameters.join(' '), description };
    let left = MAX_WORDS;
    for (const [field, weight] of Object.entries(WEIGHTS)) {
      for (const word of wordsOf(fields[field as keyof typeof WEIGHTS].slice(0, MAX_FIELD_LENGTH))) {
        left -= 1;
        if (left < 0) return;
        const tools = this.#words.get(word) ?? new Map<number, number>();
        this.#words.set(word, tools.set(at, Math.max(tools.get(at) ?? 0, weight)));
      }
    }
  }
}

/** Returns 1 for the same word, less for the start of the other one (`issue`, `issues`), else 0. */
function likeness(word: string, term: string): number {
  if (word === term) return 1;
  const shorter = Math.min(word.length, term.length);
  if (shorter < MIN_PREFIX_LENGTH) return 0;
  return word.startsWith(term) || term.startsWith(word) ? PREFIX_WEIGHT : 0;
}

/** Returns the words of a text in lower case; `listIssues` and `list_issues` have two. */
const wordsOf = (text: string): readonly string[] =>
  normalizeText(text, 'NFKC')
    .replace(/(?<=[\p{Ll}\p{N}])(?=\p{Lu})/gu, ' ')
    .toLowerCase()
    .match(/[\p{L}\p{N}]+/gu) ?? [];
