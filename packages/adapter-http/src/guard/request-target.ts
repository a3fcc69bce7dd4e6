import { ClarityError } from '@clarity-runtime/core';
import { toPrintableAscii } from '@clarity-runtime/core/internal';
import type { HttpDoor } from './callers.ts';

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

/** Path of the MCP endpoint: the target of almost every request. */
export const MCP_PATH = '/mcp';
const MCP_TARGET: RequestTarget = { path: MCP_PATH, query: '' };

/** Returns the parsed target, or undefined if it is not valid. Never throws. */
export function parseTarget(raw: string): RequestTarget | undefined {
  if (raw === MCP_PATH) return MCP_TARGET;
  const absolute = ABSOLUTE.exec(raw);
  const rest = absolute === null ? raw : raw.slice(absolute[0].length);
  if (!ORIGIN_FORM.test(rest)) return undefined;
  const mark = rest.indexOf('?');
  const authority = absolute?.[1] === undefined ? {} : { authority: absolute[1] };
  return mark < 0
    ? { path: rest, query: '', ...authority }
    : { path: rest.slice(0, mark), query: rest.slice(mark + 1), ...authority };
}

const BASE_PATH = /^(?:\/[A-Za-z0-9._~-]+)+$/;

/**
 * Returns the prefix of all paths of a server, without a slash at its end; empty for none.
 * @throws ClarityError REQUEST_INVALID when it is not an absolute path of plain segments.
 */
export function parseBasePath(text = ''): string {
  const path = text.replace(/\/$/, '');
  if (path === '' || (BASE_PATH.test(path) && !/\/\.\.?(?:\/|$)/.test(path))) return path;
  throw new ClarityError('REQUEST_INVALID', `'${toPrintableAscii(text)}' is not a base path`, {
    field: 'basePath',
    hint: 'use an absolute path without encoded characters, for example /tools',
  });
}

/** Returns a request target without the base path; undefined for a target that is not below it. */
export function targetBelow(raw: string, basePath: string): string | undefined {
  if (basePath === '') return raw;
  const start = ABSOLUTE.exec(raw)?.[0] ?? '';
  const path = raw.slice(start.length);
  return path.startsWith(`${basePath}/`) ? start + path.slice(basePath.length) : undefined;
}

/** Path of the session of the page, which needs no caller yet. */
export const SESSION_PATH = '/api/session';

/** Returns whether a request target is the session of the page. Other targets are not parsed. */
export const isSessionTarget = (target: string): boolean =>
  target.startsWith(SESSION_PATH) && parseTarget(target)?.path === SESSION_PATH;

export const METRICS_PATH = '/metrics';
/** Paths that only callers who are known come to, and all under them. */
const PROTECTED = ['/api', METRICS_PATH];

/** The door that a path leads to, whether or not there is a route; undefined for the open ones. */
export function entryPointOf(path: string): HttpDoor | undefined {
  if (path === MCP_PATH || path.startsWith('/mcp/')) return 'mcp';
  return PROTECTED.some((start) => path === start || path.startsWith(`${start}/`)) ? 'http' : undefined;
}
