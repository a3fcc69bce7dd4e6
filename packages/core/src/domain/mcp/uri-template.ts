/** A literal prefix that names at least a scheme (RFC 3986 §3.1). */
const SCHEME = /^[A-Za-z][A-Za-z0-9+.-]*:/;
/** A literal prefix that names a scheme and neither an authority nor a path. */
const SCHEME_ONLY = /^[A-Za-z][A-Za-z0-9+.-]*:\/*$/;

/** Returns the text between the expressions (RFC 6570); its length is the count of the expressions plus one. */
export function literalsOf(template: string): readonly string[] {
  return piecesOf(template).filter((_piece, at) => at % 2 === 0);
}

/** Returns the literals of a template at even positions and its expressions, with braces, at odd positions. */
export function piecesOf(template: string): readonly string[] {
  const pieces: string[] = [];
  let at = 0;
  for (;;) {
    const open = template.indexOf('{', at);
    const close = open < 0 ? -1 : template.indexOf('}', open);
    if (close < 0) return [...pieces, template.slice(at)];
    pieces.push(template.slice(at, open), template.slice(open, close + 1));
    at = close + 1;
  }
}

/**
 * Returns the text that each expression has in the URI; undefined if the template cannot expand to the URI.
 * The literals must occur in order. Linear in the length of both.
 */
export function expandedParts(literals: readonly string[], uri: string): readonly string[] | undefined {
  const first = literals[0] ?? '';
  if (literals.length === 1) return uri === first ? [] : undefined;
  const last = literals.at(-1) ?? '';
  if (!uri.startsWith(first) || !uri.endsWith(last) || uri.length < first.length + last.length) return undefined;
  const parts: string[] = [];
  let at = first.length;
  for (const literal of literals.slice(1, -1)) {
    const found = uri.indexOf(literal, at);
    if (found < 0) return undefined;
    parts.push(uri.slice(at, found));
    at = found + literal.length;
  }
  const end = uri.length - last.length;
  return at <= end ? [...parts, uri.slice(at, end)] : undefined;
}

/** Returns true if the template can expand to the URI. */
export const matchesTemplate = (template: string, uri: string): boolean =>
  expandedParts(literalsOf(template), uri) !== undefined;

/** Returns the URI of literals with the given texts between them. */
export const joinedParts = (literals: readonly string[], parts: readonly string[]): string =>
  literals.map((literal, at) => `${literal}${parts[at] ?? ''}`).join('');

/** Returns true if the literal text before the first expression names a scheme. Other templates match every URI. */
export const namesScheme = (template: string): boolean => SCHEME.test(literalsOf(template)[0] ?? '');

/** Returns true if the literal text before the first expression names more than a scheme: an authority or a path. */
export function namesPlace(template: string): boolean {
  const first = literalsOf(template)[0] ?? '';
  return SCHEME.test(first) && !SCHEME_ONLY.test(first);
}

/**
 * Orders templates that can expand to the same URI, the one that says most about it first: by the literal text before the first
 * expression, then by all literal text. Not specified: RFC 6570 has no order.
 */
export function bySpecificity(a: string, b: string): number {
  const [first, second] = [literalsOf(a), literalsOf(b)];
  return (second[0] ?? '').length - (first[0] ?? '').length || second.join('').length - first.join('').length;
}
