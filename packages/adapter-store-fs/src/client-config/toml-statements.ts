/** A table header, or a key with its value. Offsets are from the start of the text. */
export interface TomlStatement {
  readonly kind: 'table' | 'tables' | 'key';
  /** Complete path of a table; path of a key relative to its table. */
  readonly path: readonly string[];
  /** Path of the table that contains the key; for a table its own path. */
  readonly table: readonly string[];
  /** Start of its line. */
  readonly start: number;
  /** Start of the value of a key. */
  readonly valueStart: number;
  /** End of the statement, before white space and a comment. */
  readonly end: number;
  /** End of the line including its line break, or end of the text. */
  readonly lineEnd: number;
}

const KEY = /[ \t]*(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([A-Za-z0-9_-]+))[ \t]*(\.?)/y;

/** Returns the statements of a text that was parsed as TOML before. */
export function tomlStatements(text: string): readonly TomlStatement[] {
  const found: TomlStatement[] = [];
  let table: readonly string[] = [];
  for (let start = 0; start < text.length;) {
    const at = skipBlanks(text, start);
    if (at >= text.length || text[at] === '\n' || text[at] === '\r' || text[at] === '#') {
      start = lineEndOf(text, at);
      continue;
    }
    const kind = text[at] !== '[' ? 'key' : text[at + 1] === '[' ? 'tables' : 'table';
    const { path, end: pathEnd } = readPath(text, at + (kind === 'key' ? 0 : kind === 'table' ? 1 : 2));
    const valueStart = kind === 'key' ? skipBlanks(text, pathEnd + 1) : pathEnd;
    const end = kind === 'key' ? valueEnd(text, valueStart) : pathEnd + (kind === 'table' ? 1 : 2);
    if (kind !== 'key') table = path;
    const lineEnd = lineEndOf(text, end);
    found.push({ kind, path, table, start, valueStart, end, lineEnd });
    start = lineEnd;
  }
  return found;
}

const skipBlanks = (text: string, at: number): number => {
  let i = at;
  while (text[i] === ' ' || text[i] === '\t') i += 1;
  return i;
};

const lineEndOf = (text: string, at: number): number => {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end + 1;
};

function readPath(text: string, at: number): { readonly path: readonly string[]; readonly end: number } {
  const path: string[] = [];
  let end = at;
  for (;;) {
    KEY.lastIndex = end;
    const found = KEY.exec(text);
    if (found === null) return { path, end };
    const [, basic, literal, bare = '', dot] = found;
    path.push(basic === undefined ? (literal ?? bare) : unescaped(basic));
    end = KEY.lastIndex;
    if (dot === '') return { path, end };
  }
}

/** Decodes a basic string. A name with escapes that JSON does not have never matches one of ours. */
function unescaped(basic: string): string {
  try {
    return JSON.parse(`"${basic}"`) as string;
  } catch {
    return `"${basic}"`;
  }
}

/** Returns the end of the value that starts at an offset. */
function valueEnd(text: string, from: number): number {
  let depth = 0;
  let end = from;
  for (let i = from; i < text.length;) {
    const next = afterString(text, i);
    if (next !== undefined) {
      i = next;
      end = next;
      continue;
    }
    const letter = text[i] ?? '';
    if (depth === 0 && (letter === '\n' || letter === '#')) return end;
    if (letter === '#') {
      i = lineEndOf(text, i);
      continue;
    }
    if (letter === '[' || letter === '{') depth += 1;
    if (letter === ']' || letter === '}') depth -= 1;
    i += 1;
    if (!/\s/.test(letter)) end = i;
  }
  return end;
}

/** Returns the end of the string that starts at an offset; undefined if none starts there. */
function afterString(text: string, at: number): number | undefined {
  const quote = text[at];
  if (quote !== '"' && quote !== "'") return undefined;
  const isLong = text.startsWith(quote.repeat(3), at);
  const mark = isLong ? quote.repeat(3) : quote;
  for (let i = at + mark.length; i < text.length; i += 1) {
    if (quote === '"' && text[i] === '\\') i += 1;
    else if (text.startsWith(mark, i)) {
      let end = i + mark.length;
      // TOML 1.0: a multi-line string may end with one or two additional quotes.
      while (isLong && text[end] === quote && end < i + 5) end += 1;
      return end;
    }
  }
  return text.length;
}
