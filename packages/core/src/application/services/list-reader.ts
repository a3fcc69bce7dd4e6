import { ClarityError } from '../../domain/errors/clarity-error.ts';
import type { CacheHint } from '../../domain/interfaces/interface-snapshot.ts';
import { arrayItems, membersOf } from '../../domain/json/json-members.ts';
import type { CallLimits } from '../../domain/calls/call-limits.ts';
import { RpcCode } from '../../domain/mcp/mcp.ts';
import { silentRequest } from '../../domain/mcp/silent-request.ts';
import { RawJson } from '../../domain/json/raw-json.ts';
import type { LimitName } from '../../domain/audit/limit-name.ts';
import type { Connection } from '../../ports/index.ts';

/** Limits of each request for a page. */
export interface ReadLimits extends CallLimits {
  /** Called once per truncated list and once per skipped definition. */
  readonly onLimit?: (limit: LimitName) => void;
}

/** A list of the protocol: its method and the member that contains the entries. */
export interface ListRequest {
  readonly method: string;
  readonly member: string;
  /** Parameters of each request besides the cursor. */
  readonly params?: ReadonlyMap<string, RawJson>;
}

/** All entries of a list and the cache hint of its first page. */
export interface GatheredList {
  readonly entries: readonly RawJson[];
  readonly hint?: CacheHint;
}

const MAX_ENTRIES = 2_000;
const MAX_PAGES = 100;
/** Maximum bytes of one list, which clients read whole, and of one definition, for example a tool with its schemas. */
const MAX_LIST_BYTES = 6.5 * 1024 * 1024;
const MAX_DEFINITION_BYTES = 256 * 1024;
const NOTHING: GatheredList = { entries: [] };

/**
 * Reads all pages of a list, up to 100 pages, 2,000 entries and 6.5 MiB.
 * Returns an empty list when the service replies `-32601` (method not found).
 * @throws ClarityError SERVICE_START_FAILED when the service replies with another error or without the list.
 */
export async function gatherList(
  connection: Connection,
  { method, member, params: given = new Map<string, RawJson>() }: ListRequest,
  options: { readonly limits: ReadLimits; readonly signal: AbortSignal },
): Promise<GatheredList> {
  const collector = new EntryCollector(options.limits.onLimit);
  let hint: CacheHint | undefined;
  let cursor: string | undefined;
  for (let page = 0; ; page += 1) {
    const params = new Map(given);
    if (cursor !== undefined) params.set('cursor', RawJson.of(cursor));
    const reply = await connection.request({ method, params }, pageRequest(options));
    if ('error' in reply) {
      if (reply.error.code === RpcCode.methodNotFound) return NOTHING;
      throw new ClarityError('SERVICE_START_FAILED', `${method}: ${reply.error.message}`);
    }
    const members = membersOf(reply.result);
    const list = members.get(member);
    if (list?.bytes[0] !== 0x5b)
      throw new ClarityError('SERVICE_START_FAILED', `${method} returned a result without ${member}`);
    const hasAll = collector.add(list.bytes);
    hint ??= hintOf(members);
    const next = members.get('nextCursor')?.value;
    const isLast = typeof next !== 'string' || next === cursor;
    if (!hasAll || (!isLast && page + 1 >= MAX_PAGES)) options.limits.onLimit?.('list.cut');
    if (isLast || !hasAll || page + 1 >= MAX_PAGES) break;
    cursor = next;
  }
  const { entries } = collector;
  return hint === undefined ? { entries } : { entries, hint };
}

/** Collects the entries of a list up to its limits, without the memory of the replies that contained them. */
class EntryCollector {
  readonly entries: RawJson[] = [];
  readonly #onLimit: ReadLimits['onLimit'];
  #bytes = 0;

  constructor(onLimit: ReadLimits['onLimit']) {
    this.#onLimit = onLimit;
  }

  /** Returns false when an entry exceeds the limits of the list. */
  add(page: Uint8Array): boolean {
    const items = arrayItems(page, MAX_ENTRIES - this.entries.length + 1);
    for (const { bytes } of items) {
      if (bytes.length > MAX_DEFINITION_BYTES) {
        this.#onLimit?.('definition.too_large');
        continue;
      }
      if (this.entries.length >= MAX_ENTRIES || this.#bytes + bytes.length > MAX_LIST_BYTES) return false;
      this.#bytes += bytes.length;
      this.entries.push(RawJson.fromBytes(bytes.slice()));
    }
    return true;
  }
}

const pageRequest = ({ limits, signal }: { readonly limits: ReadLimits; readonly signal: AbortSignal }) => {
  const { idleMs, totalMs, maxReplyBytes } = limits;
  return silentRequest(signal, { idleMs, totalMs, maxReplyBytes });
};

function hintOf(members: ReadonlyMap<string, RawJson>): CacheHint | undefined {
  const ttlMs = members.get('ttlMs')?.value;
  if (typeof ttlMs !== 'number' || !(ttlMs >= 0)) return undefined;
  return { ttlMs, cacheScope: members.get('cacheScope')?.value === 'public' ? 'public' : 'private' };
}
