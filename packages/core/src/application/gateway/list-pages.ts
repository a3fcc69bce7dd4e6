import { sha256Hex } from '../../domain/json/digest.ts';
import { DEFAULT_INTERFACE_LIMITS } from '../../domain/interfaces/interface-limits.ts';
import type { CacheHint } from '../../domain/interfaces/interface-snapshot.ts';
import type { McpParams } from '../../domain/mcp/mcp.ts';
import { RawJson } from '../../domain/json/raw-json.ts';

/** The encoded pages of one list of an endpoint. */
export interface ListPages {
  /** Equal content has an equal digest. */
  readonly digest: string;
  readonly hint: CacheHint;
  /** Size of all pages in bytes of UTF-8. */
  readonly bytes: number;
  /** Returns the page of the cursor; undefined for an unknown cursor. */
  page(params: McpParams): RawJson | undefined;
}

/** Maximum entries of a page. Large, because some clients read only the first page. */
const PAGE_ENTRIES = 1_000;
const { pageLength: PAGE_LENGTH } = DEFAULT_INTERFACE_LIMITS;
/** Cache hint of a list without a known hint. */
export const UNCACHED: CacheHint = { ttlMs: 0, cacheScope: 'private' };

/** Member name, cache hint and page length of a list. */
export interface PagedList {
  readonly member: string;
  readonly hint?: CacheHint;
  /** Default: 256 Ki units. An entry that is longer has a page of its own. */
  readonly pageLength?: number;
}

/** Splits entries, which are JSON text, into encoded pages and keeps their order. */
export function listPages(
  { member, hint = UNCACHED, pageLength = PAGE_LENGTH }: PagedList,
  entries: readonly string[],
): ListPages {
  const digest = sha256Hex(entries.join('\n')).slice(0, 12);
  const pages = split(entries, pageLength);
  const cursors = pages.map((_page, at) => `${digest}-${String(at)}`);
  const encoded = pages.map((page, at) => {
    const next = at + 1 < pages.length ? `,"nextCursor":"${cursors[at + 1] ?? ''}"` : '';
    return RawJson.fromText(`{"${member}":[${page.join(',')}]${next}}`);
  });
  return {
    digest,
    hint,
    get bytes() {
      return encoded.reduce((sum, page) => sum + page.bytes.length, 0);
    },
    page: (params) => {
      const cursor = params.get('cursor');
      if (cursor === undefined) return encoded[0];
      const { value } = cursor;
      return typeof value === 'string' ? encoded[cursors.indexOf(value, 1)] : undefined;
    },
  };
}

/** Returns the strictest hint: the shortest `ttlMs`, and `public` only if every list is public. */
export const strictest = (hints: readonly (CacheHint | undefined)[]): CacheHint =>
  hints.length === 0
    ? UNCACHED
    : {
        ttlMs: Math.min(...hints.map((hint) => hint?.ttlMs ?? 0)),
        cacheScope: hints.every((hint) => hint?.cacheScope === 'public') ? 'public' : 'private',
      };

function split(entries: readonly string[], pageLength: number): readonly (readonly string[])[] {
  const pages: string[][] = [[]];
  let length = 0;
  for (const entry of entries) {
    const page = pages.at(-1) ?? [];
    if (page.length > 0 && (page.length === PAGE_ENTRIES || length + entry.length > pageLength)) {
      pages.push([entry]);
      length = entry.length;
    } else {
      page.push(entry);
      length += entry.length;
    }
  }
  return pages;
}
