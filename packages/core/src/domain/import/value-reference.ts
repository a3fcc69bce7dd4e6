/**
 * Spelling of references in the values of a client. `shell`: `${VAR}` and `${VAR:-default}`; `editor`: `${env:VAR}`,
 * `${input:id}`, `${file:path}` and predefined names such as `${userHome}`; `dollar`: `$VAR` and `${VAR}`; `braces`:
 * `{env:VAR}` and `{file:path}`; `none`: every text is literal.
 */
export type ReferenceSyntax = 'none' | 'shell' | 'editor' | 'dollar' | 'braces';

/** A part of a value. */
export type ValuePart =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'variable'; readonly name: string; readonly fallback?: string }
  | { readonly type: 'input'; readonly id: string }
  | { readonly type: 'file'; readonly path: string }
  | { readonly type: 'home' | 'folder' | 'separator' };

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
const NAME_AT = /[A-Za-z_][A-Za-z0-9_]*/y;
/** Predefined names of the editors. */
const PLACES: Readonly<Record<string, 'home' | 'folder' | 'separator'>> = {
  userHome: 'home',
  workspaceFolder: 'folder',
  workspaceRoot: 'folder',
  pathSeparator: 'separator',
  '/': 'separator',
};

/** Returns the parts of a value in linear time. A reference that the syntax does not have stays text. */
export function valueParts(value: string, syntax: ReferenceSyntax): readonly ValuePart[] {
  if (syntax === 'none') return value === '' ? [] : [{ type: 'text', text: value }];
  const parts: ValuePart[] = [];
  const open = syntax === 'braces' ? '{' : '$';
  let from = 0;
  const close = lastClose(value);
  for (let at = value.indexOf(open); at >= 0; at = value.indexOf(open, at)) {
    const found = at <= close || syntax === 'dollar' ? referenceAt(value, at, syntax) : undefined;
    if (found === undefined) {
      at += 1;
      continue;
    }
    if (at > from) parts.push({ type: 'text', text: value.slice(from, at) });
    parts.push(found.part);
    at = found.end;
    from = found.end;
  }
  if (from < value.length) parts.push({ type: 'text', text: value.slice(from) });
  return parts;
}

/** Without a brace behind it, a search for the end would scan the rest of the text for each `$`. */
const lastClose = (value: string): number => value.lastIndexOf('}');

interface FoundPart {
  readonly part: ValuePart;
  readonly end: number;
}

function referenceAt(value: string, at: number, syntax: ReferenceSyntax): FoundPart | undefined {
  if (syntax === 'dollar' && value[at + 1] !== '{') {
    NAME_AT.lastIndex = at + 1;
    const [name] = NAME_AT.exec(value) ?? [];
    return name === undefined ? undefined : { part: { type: 'variable', name }, end: at + 1 + name.length };
  }
  const start = syntax === 'braces' ? at + 1 : at + 2;
  if (syntax !== 'braces' && value[at + 1] !== '{') return undefined;
  const end = value.indexOf('}', start);
  if (end < 0) return undefined;
  const part = partOf(value.slice(start, end), syntax);
  return part && { part, end: end + 1 };
}

function partOf(inner: string, syntax: ReferenceSyntax): ValuePart | undefined {
  if (syntax === 'shell' || syntax === 'dollar') return variableOf(inner);
  const colon = inner.indexOf(':');
  const target = inner.slice(colon + 1);
  const scheme = colon < 0 ? '' : inner.slice(0, colon);
  if (scheme === 'env') return variableOf(target);
  if (scheme === 'file' && target !== '') return { type: 'file', path: target };
  if (syntax === 'braces') return undefined;
  if (scheme === 'input' && target !== '') return { type: 'input', id: target };
  const place = Object.hasOwn(PLACES, inner) ? PLACES[inner] : undefined;
  return place && { type: place };
}

function variableOf(inner: string): ValuePart | undefined {
  const at = inner.indexOf(':-');
  const name = at < 0 ? inner : inner.slice(0, at);
  // Some clients accept both spellings.
  const bare = name.startsWith('env:') ? name.slice(4) : name;
  if (!NAME.test(bare)) return undefined;
  return at < 0 ? { type: 'variable', name: bare } : { type: 'variable', name: bare, fallback: inner.slice(at + 2) };
}
