import { ClarityError, isClarityError, reasonOf } from '../../domain/errors/clarity-error.ts';
import type { ErrorCode } from '../../domain/errors/error-table.ts';
import type { CacheHint } from '../../domain/interfaces/interface-snapshot.ts';
import { arrayItems, membersOf } from '../../domain/json/json-members.ts';
import type { CallLimits } from '../../domain/calls/call-limits.ts';
import { REACHES_META, reachesIn } from '../../domain/mcp/gateway-hops.ts';
import { RpcCode } from '../../domain/mcp/mcp.ts';
import { silentRequest } from '../../domain/mcp/silent-request.ts';
import { RawJson } from '../../domain/json/raw-json.ts';
import type { LimitName } from '../../domain/audit/limit-name.ts';
import { toDisplayText } from '../../domain/text/safe-text.ts';
import { DEFAULT_INTERFACE_LIMITS, type InterfaceLimits } from '../../domain/interfaces/interface-limits.ts';
import type { Connection } from '../../ports/index.ts';

/** Limits of each request for a page. */
export interface ReadLimits extends CallLimits {
  /** The defaults when absent. */
  readonly interfaceLimits?: InterfaceLimits | undefined;
  /** Called once per truncated list, per skipped definition and per cut definition. */
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
  /** Ids of the gateways whose entries the list contains. */
  readonly reaches?: readonly string[];
  /** The reason why the list, or its pages after the first, could not be read. */
  readonly problem?: string;
  /** The problem is about the first page, so that nothing is known about the list. */
  readonly hasFailed?: true;
}

/** Failures of one list alone. Any other ends the start: the connection or the credential failed. */
const OF_LIST: ReadonlySet<ErrorCode> = new Set([
  'SERVICE_START_FAILED',
  'UPSTREAM_PROTOCOL',
  'UPSTREAM_FAILED',
  'PAYLOAD_TOO_LARGE',
  'CALL_TIMED_OUT',
]);
const MAX_CURSOR_LENGTH = 16_384;
const MAX_ENTRIES = 2_000;
const MAX_PAGES = 100;
/** Maximum bytes of one definition, for example a tool with its schemas. */
const MAX_DEFINITION_BYTES = 256 * 1024;
const NOTHING: GatheredList = { entries: [] };

interface ReadOptions {
  readonly limits: ReadLimits;
  readonly signal: AbortSignal;
  /** Bytes that several lists share. */
  readonly room?: Room;
}

/** Remaining bytes. */
interface Room {
  bytes: number;
}

/**
 * Reads all pages of a list, up to 100 pages, 2,000 entries and the bytes that `room` has left, else `listBytes`.
 * Returns an empty list when the service replies `-32601` (method not found), and the entries of the pages that could be read
 * with the problem when a page fails. A cursor is sent once (MCP 2026-07-28, "Pagination": it is opaque and may be empty).
 * @throws ClarityError when the connection or the credential fails.
 */
export async function gatherList(
  connection: Connection,
  { method, member, params: given = new Map<string, RawJson>() }: ListRequest,
  options: ReadOptions,
): Promise<GatheredList> {
  const { listBytes } = options.limits.interfaceLimits ?? DEFAULT_INTERFACE_LIMITS;
  const collector = new EntryCollector(options.room ?? { bytes: listBytes }, options.limits.onLimit);
  const { entries } = collector;
  const sent = new Set<string>();
  let hint: CacheHint | undefined;
  let reaches: readonly string[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    let members: ReadonlyMap<string, RawJson> | undefined;
    try {
      members = await readPage(connection, { method, member, params: given, cursor }, options);
    } catch (error) {
      if (!isClarityError(error) || !OF_LIST.has(error.code) || options.signal.aborted) throw error;
      const problem = reasonOf(error);
      return { entries, ...(hint && { hint }), problem, ...(page === 0 ? { hasFailed: true } : {}) };
    }
    if (members === undefined) return NOTHING;
    const hasAll = collector.add(members.get(member)?.bytes ?? NO_ITEMS);
    hint ??= hintOf(members);
    if (page === 0) reaches = reachesOf(members);
    const next = members.get('nextCursor')?.value;
    const isLast = typeof next !== 'string' || sent.has(next) || next.length > MAX_CURSOR_LENGTH;
    if (!hasAll || (!isLast && page + 1 >= MAX_PAGES)) options.limits.onLimit?.('list.cut');
    if (isLast || !hasAll) break;
    sent.add(next);
    cursor = next;
  }
  return { entries, ...(hint && { hint }), ...(reaches.length === 0 ? {} : { reaches }) };
}

const reachesOf = (members: ReadonlyMap<string, RawJson>): readonly string[] => {
  const meta = members.get('_meta');
  return meta === undefined ? [] : reachesIn((Object(meta.value) as Readonly<Record<string, unknown>>)[REACHES_META]);
};

const NO_ITEMS = new TextEncoder().encode('[]');

/** Returns the members of one page; undefined if the first page has no such method. */
async function readPage(
  connection: Connection,
  { method, member, params: given, cursor }: ListRequest & { readonly cursor: string | undefined },
  options: { readonly limits: ReadLimits; readonly signal: AbortSignal },
): Promise<ReadonlyMap<string, RawJson> | undefined> {
  const params = new Map(given);
  if (cursor !== undefined) params.set('cursor', RawJson.of(cursor));
  const reply = await connection.request({ method, params }, pageRequest(options));
  if ('error' in reply) {
    if (reply.error.code === RpcCode.methodNotFound && cursor === undefined) return undefined;
    throw new ClarityError('SERVICE_START_FAILED', `${method}: ${toDisplayText(reply.error.message)}`);
  }
  const members = membersOf(reply.result);
  const list = members.get(member);
  if (list?.bytes[0] === 0x5b) return members;
  const isEmpty = list?.text === 'null' || /^\{\s*\}$/.test(list?.text ?? '');
  if (isEmpty) return new Map([...members].filter(([name]) => name !== member));
  throw new ClarityError('SERVICE_START_FAILED', `${method} returned a result without ${member}`);
}

/** Collects the entries of a list up to its limits, without the memory of the replies that contained them. */
class EntryCollector {
  readonly entries: RawJson[] = [];
  readonly #onLimit: ReadLimits['onLimit'];
  readonly #room: Room;

  constructor(room: Room, onLimit: ReadLimits['onLimit']) {
    this.#room = room;
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
      if (this.entries.length >= MAX_ENTRIES || bytes.length > this.#room.bytes) return false;
      this.#room.bytes -= bytes.length;
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
