/**
 * Whether a URI can have been made from a template (RFC 6570): its literal parts stand there in order. Linear in the length
 * of both, whatever a service wrote.
 */
export function matchesTemplate(template: string, uri: string): boolean {
  const literals = literalsOf(template);
  const first = literals[0] ?? '';
  if (literals.length === 1) return uri === first;
  const last = literals.at(-1) ?? '';
  if (!uri.startsWith(first) || !uri.endsWith(last) || uri.length < first.length + last.length) return false;
  let at = first.length;
  for (const literal of literals.slice(1, -1)) {
    const found = uri.indexOf(literal, at);
    if (found < 0) return false;
    at = found + literal.length;
  }
  return at <= uri.length - last.length;
}

/** What stands between the expressions; one more than there are of these. */
function literalsOf(template: string): readonly string[] {
  const literals: string[] = [];
  let at = 0;
  for (;;) {
    const open = template.indexOf('{', at);
    const close = open < 0 ? -1 : template.indexOf('}', open);
    if (close < 0) return [...literals, template.slice(at)];
    literals.push(template.slice(at, open));
    at = close + 1;
  }
}
