/** A `${…}` of a text. */
export interface Placeholder {
  /** The text as written, from `${` to `}`. */
  readonly written: string;
  /** Index of `${` in the text. */
  readonly at: number;
  /** `secret` or `env`; undefined for a placeholder that the runtime does not expand. */
  readonly scheme?: 'secret' | 'env';
  /** The reference of a secret, or the name of a variable. */
  readonly target: string;
  /** Value of `${env:NAME:-default}` if the variable is not set. */
  readonly fallback?: string;
}

const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * Returns the placeholders of a text, in order. `$${` is a literal `${`. A placeholder ends at the first `}`; a text
 * without one has no placeholder there.
 */
export function placeholdersOf(text: string): readonly Placeholder[] {
  const found: Placeholder[] = [];
  for (let at = text.indexOf('${'); at >= 0; at = text.indexOf('${', at)) {
    if (text[at - 1] === '$') {
      at += 2;
      continue;
    }
    const end = text.indexOf('}', at);
    if (end < 0) break;
    found.push(placeholderAt(text.slice(at, end + 1), at));
    at = end + 1;
  }
  return found;
}

function placeholderAt(written: string, at: number): Placeholder {
  const inner = written.slice(2, -1);
  if (inner.startsWith('secret:') && inner.length > 7) return { written, at, scheme: 'secret', target: inner.slice(7) };
  if (!inner.startsWith('env:')) return { written, at, target: inner };
  const [target, fallback] = splitOnce(inner.slice(4), ':-');
  if (!VARIABLE.test(target)) return { written, at, target: inner };
  return fallback === undefined
    ? { written, at, scheme: 'env', target }
    : { written, at, scheme: 'env', target, fallback };
}

function splitOnce(text: string, separator: string): readonly [string, string?] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + separator.length)];
}

/** Returns a text with the placeholders replaced by `values`, in their order, and each `$${` by `${`. */
export function withPlaceholders(text: string, values: ReadonlyMap<number, string>): string {
  let out = '';
  let last = 0;
  for (const { at, written } of placeholdersOf(text)) {
    const value = values.get(at);
    if (value === undefined) continue;
    out += text.slice(last, at).replaceAll('$${', '${') + value;
    last = at + written.length;
  }
  return out + text.slice(last).replaceAll('$${', '${');
}
