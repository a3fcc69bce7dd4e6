import { isPublicValue, isTokenLike } from '../access/public-value.ts';
import { placeholdersOf } from '../text/placeholders.ts';

/** Replaces a hidden value for readers. In a manifest that is applied it means: keep the stored value. */
export const REDACTED_VALUE = '***';

/** Reader of a manifest. A client sees the kind, the host and the program; the operator sees all except values. */
export type ManifestView = 'client' | 'operator';

/** Schema of a member, as far as a view needs it. */
type Schema = Readonly<Record<string, unknown>> | undefined;

const URL_PARTS = /^([a-z][a-z0-9+.-]*:\/\/)([^/?#]*)((?:\/[^?#]*)?)(\?[^#]*)?(#.*)?$/i;
const SECRET_NAME = /token|secret|passw|api.?key|access.?key|private.?key|credential|auth|bearer|cookie|session|dsn/i;
const MAX_DEPTH = 16;

/** Returns a URL with the values of its query, its user and token-like segments of its path hidden. */
export function maskedUrl(text: string): string {
  const [, scheme, authority = '', path = '', query = '', fragment = ''] = URL_PARTS.exec(text) ?? [];
  if (scheme === undefined) return text;
  const host = authority.slice(authority.lastIndexOf('@') + 1);
  const user = host === authority ? '' : `${REDACTED_VALUE}@`;
  const segments = path.split('/').map((segment) => (isTokenLike(segment) ? REDACTED_VALUE : segment));
  return scheme + user + host + segments.join('/') + maskedQuery(query) + (fragment === '' ? '' : `#${REDACTED_VALUE}`);
}

function maskedQuery(query: string): string {
  if (query.length < 2) return query;
  const pairs = query.slice(1).split('&');
  const masked = pairs.map((pair) => {
    const at = pair.indexOf('=');
    if (at < 0) return pair === '' ? '' : REDACTED_VALUE;
    return `${pair.slice(0, at)}=${isReference(pair.slice(at + 1)) ? pair.slice(at + 1) : REDACTED_VALUE}`;
  });
  return `?${masked.join('&')}`;
}

/** Returns scheme and host of a URL, or the base name of a path or a command. */
export function shortLocation(text: string): string {
  const [, scheme, authority = ''] = URL_PARTS.exec(text) ?? [];
  if (scheme !== undefined) return scheme + authority.slice(authority.lastIndexOf('@') + 1);
  return text.split(/[\\/]/).at(-1) ?? text;
}

/** Returns whether a text is placeholders only, which are references and hold no value. */
function isReference(text: string): boolean {
  const found = placeholdersOf(text);
  return found.length > 0 && found.reduce((length, { written }) => length + written.length, 0) === text.length;
}

/** Members that say where a service is. */
export interface LocationMembers {
  readonly url?: string | undefined;
  readonly workspaceFile?: string | undefined;
}

/** Returns an origin for a reader. Members of kinds of an embedder follow the same rules, by their schema. */
export function maskedOrigin<T extends object>(
  origin: T,
  { schema, url, workspaceFile }: LocationMembers & { readonly schema: Schema },
  view: ManifestView,
): T {
  const locations = new Set([url, workspaceFile, 'command']);
  const visit = (value: unknown, name: string, of: Schema, depth: number): unknown => {
    if (typeof value === 'string') {
      if (of?.['enum'] !== undefined || of?.['const'] !== undefined || name === 'type') return value;
      if (depth === 1 && locations.has(name)) return view === 'client' ? shortLocation(value) : maskedText(value);
      if (view === 'client')
        return name === 'name' || name === 'allowedTools' || name === 'entry' ? value : REDACTED_VALUE;
      if (name === 'authRef' || name === 'secretRef' || name === 'name') return value;
      return name === 'value' || SECRET_NAME.test(name) ? maskedValue(value) : maskedText(value);
    }
    if (typeof value !== 'object' || value === null) return value;
    if (depth >= MAX_DEPTH) return REDACTED_VALUE;
    if (Array.isArray(value)) return maskedList(value, (item) => visit(item, name, itemsOf(of), depth + 1), view);
    return Object.fromEntries(
      Object.entries(value).map(([key, member]) => [key, visit(member, key, propertyOf(of, key), depth + 1)]),
    );
  };
  return visit(origin, '', schema, 0) as T;
}

const maskedValue = (value: string): string => (isReference(value) ? value : REDACTED_VALUE);

/** Hides a text that looks like a token, and the values of a URL or of `--flag=value`. */
function maskedText(text: string): string {
  if (isReference(text)) return text;
  if (URL_PARTS.test(text)) return maskedUrl(text);
  const at = text.indexOf('=');
  if (at > 0 && (SECRET_NAME.test(text.slice(0, at)) || isTokenLike(text.slice(at + 1)))) {
    return `${text.slice(0, at)}=${maskedValue(text.slice(at + 1))}`;
  }
  return isTokenLike(text) && !isPublicValue(text) ? REDACTED_VALUE : text;
}

/** Hides the argument after a flag whose name looks like one of a secret, too. */
function maskedList(
  list: readonly unknown[],
  each: (item: unknown) => unknown,
  view: ManifestView,
): readonly unknown[] {
  return list.map((item, at) => {
    const before = list[at - 1];
    const isAfterFlag = typeof before === 'string' && /^--?[A-Za-z]/.test(before) && SECRET_NAME.test(before);
    const isValue = typeof item === 'string' && isAfterFlag && !before.includes('=') && !item.startsWith('-');
    return view === 'operator' && isValue ? maskedValue(item) : each(item);
  });
}

const objectOf = (value: unknown): Schema =>
  typeof value === 'object' && value !== null ? (value as Schema) : undefined;
const propertyOf = (schema: Schema, key: string): Schema => objectOf(objectOf(schema?.['properties'])?.[key]);
const itemsOf = (schema: Schema): Schema => objectOf(schema?.['items']);

/** Returns the values of an origin that results and logs of its service must not show. */
export function configuredValues(origin: object, { url }: LocationMembers): readonly string[] {
  const found: string[] = [];
  const visit = (value: unknown, name: string, depth: number): void => {
    if (typeof value === 'string') {
      if (depth === 1 && name === url) found.push(...urlValues(value));
      else if (name === 'value' && !value.includes('${') && !isPublicValue(value)) found.push(value);
      else if (SECRET_NAME.test(name) && !/ref$/i.test(name) && !isPublicValue(value)) found.push(value);
      else if (isTokenLike(value) && !isPublicValue(value)) found.push(value);
    } else if (typeof value === 'object' && value !== null && depth < MAX_DEPTH) {
      for (const [key, member] of Object.entries(value)) visit(member, Array.isArray(value) ? name : key, depth + 1);
    }
  };
  visit(origin, '', 0);
  return found;
}

/** Returns the hidden values of a URL: query, user and token-like segments, decoded. */
function urlValues(text: string): readonly string[] {
  const [, , authority = '', path = '', query = '', fragment = ''] = URL_PARTS.exec(text) ?? [];
  const user = authority.includes('@') ? authority.slice(0, authority.lastIndexOf('@')).split(':') : [];
  const values = query
    .slice(1)
    .split('&')
    .map((pair) => pair.slice(pair.indexOf('=') + 1));
  const raw = [...user, ...path.split('/').filter(isTokenLike), ...values, fragment.slice(1)];
  return raw
    .filter((value) => !value.includes('${'))
    .flatMap((value) => [value, decoded(value)])
    .filter((value) => value !== '' && !isPublicValue(value));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
