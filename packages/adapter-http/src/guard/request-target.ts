const ABSOLUTE = /^http:\/\/([^/?#]*)/i;
/** Path and query of RFC 3986 §3.3 and §3.4. A second slash at the start would name a host. */
const ORIGIN_FORM = /^\/(?!\/)[A-Za-z0-9._~!$&'()*+,;=:@%/?-]*$/;

/** The target of a request, without normalization: a path matches a route only if it is equal to it. */
export interface RequestTarget {
  readonly path: string;
  readonly query: string;
  /** The host of an absolute-form target. */
  readonly authority?: string;
}

/** Returns the parsed target, or undefined if it is not valid. Never throws. */
export function parseTarget(raw: string): RequestTarget | undefined {
  const absolute = ABSOLUTE.exec(raw);
  const rest = absolute === null ? raw : raw.slice(absolute[0].length);
  if (!ORIGIN_FORM.test(rest)) return undefined;
  const mark = rest.indexOf('?');
  const authority = absolute?.[1] === undefined ? {} : { authority: absolute[1] };
  return mark < 0
    ? { path: rest, query: '', ...authority }
    : { path: rest.slice(0, mark), query: rest.slice(mark + 1), ...authority };
}
