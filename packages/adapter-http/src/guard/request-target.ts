const ABSOLUTE = /^http:\/\/([^/?#]*)(.*)$/i;
/** What RFC 3986 allows in path and query; a second slash at the start would name a host. */
const ORIGIN_FORM = /^\/(?!\/)[A-Za-z0-9._~!$&'()*+,;=:@%/?-]*$/;

/** What a request asks for, never normalised: a path that is not spelt like a route is not that route. */
export interface RequestTarget {
  readonly path: string;
  readonly query: string;
  /** The host of an absolute-form target. */
  readonly authority?: string;
}

/** Undefined for a target that is not one. Never throws. */
export function parseTarget(raw: string): RequestTarget | undefined {
  const absolute = ABSOLUTE.exec(raw);
  const rest = absolute?.[2] ?? raw;
  if (!ORIGIN_FORM.test(rest)) return undefined;
  const mark = rest.indexOf('?');
  const authority = absolute?.[1] === undefined ? {} : { authority: absolute[1] };
  return mark < 0
    ? { path: rest, query: '', ...authority }
    : { path: rest.slice(0, mark), query: rest.slice(mark + 1), ...authority };
}
