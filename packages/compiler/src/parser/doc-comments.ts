import type { SourceText } from '../diagnostics/source-text.ts';
import type { Comment } from '../lexer/token.ts';

/** Finds the comment lines that stand directly above a declaration. */
export class DocComments {
  readonly #source: SourceText;
  readonly #byLine: ReadonlyMap<number, string>;

  constructor(source: SourceText, comments: readonly Comment[]) {
    this.#source = source;
    this.#byLine = new Map(comments.filter(({ alone }) => alone).map(({ line, text }) => [line, text]));
  }

  above(offset: number): string | undefined {
    const lines: string[] = [];
    let { line } = this.#source.position(offset);
    for (;;) {
      line -= 1;
      const text = this.#byLine.get(line);
      if (text === undefined) break;
      lines.unshift(text);
    }
    const doc = lines.join('\n').trim();
    return doc === '' ? undefined : doc;
  }
}
