const WHITESPACE = new Set([' ', '\n', '\r', '\t']);

/**
 * Returns the texts of the items of an array that is a member of the outer object of a JSON text, without the whitespace
 * around them. The text must be valid JSON. Returns undefined if the object has no such array.
 */
export function jsonItems(text: string, member: string): readonly string[] | undefined {
  const start = arrayStart(text, member);
  if (start === undefined) return undefined;
  const items: string[] = [];
  let begin = start + 1;
  for (const [at, character, depth] of structure(text, start)) {
    if (depth !== 1 || (character !== ',' && character !== ']')) continue;
    const item = text.slice(begin, at).trim();
    if (item !== '') items.push(item);
    begin = at + 1;
    if (character === ']') return items;
  }
  return undefined;
}

/** Returns the position of the `[` of a member of the outer object. */
function arrayStart(text: string, member: string): number | undefined {
  const name = JSON.stringify(member);
  for (const [at, character, depth] of structure(text, text.indexOf('{'))) {
    if (character !== '[' || depth !== 2) continue;
    let colon = at - 1;
    while (WHITESPACE.has(text[colon] ?? '')) colon -= 1;
    if (text[colon] !== ':') continue;
    let end = colon - 1;
    while (WHITESPACE.has(text[end] ?? '')) end -= 1;
    if (text.slice(end + 1 - name.length, end + 1) === name) return at;
  }
  return undefined;
}

/** Yields position, character and depth of brackets and commas outside of strings. A bracket counts for its own depth. */
function* structure(text: string, from: number): Generator<readonly [number, string, number]> {
  let depth = 0;
  for (let at = Math.max(0, from); at < text.length; at += 1) {
    const character = text[at] ?? '';
    if (character === '"') at = stringEnd(text, at);
    else if (character === '{' || character === '[') yield [at, character, (depth += 1)];
    else if (character === '}' || character === ']') {
      yield [at, character, depth];
      depth -= 1;
      if (depth <= 0) return;
    } else if (character === ',') yield [at, character, depth];
  }
}

/** Returns the position of the quotation mark that ends a string. */
function stringEnd(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at;
}
