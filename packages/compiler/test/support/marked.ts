export interface Marked {
  readonly text: string;
  readonly line: number;
  readonly column: number;
  readonly length: number;
  readonly sourceLine: string;
}

/** Removes the marks `«` and `»` from a text and returns their position. */
export function marked(source: string): Marked {
  const start = source.indexOf('«');
  const end = source.indexOf('»') - 1;
  const text = source.replace('«', '').replace('»', '');
  const before = text.slice(0, start).split('\n');
  const line = before.length;
  const column = (before.at(-1) ?? '').length + 1;
  return { text, line, column, length: end - start, sourceLine: text.split('\n')[line - 1] ?? '' };
}
