import { ClarityError } from '../domain/clarity-error.ts';
import type { CacheHint } from '../domain/interface-snapshot.ts';
import { arrayItems, membersOf } from '../domain/json-spans.ts';
import { RpcCode } from '../domain/mcp.ts';
import { RawJson } from '../domain/raw-json.ts';
import type { Connection } from '../ports/index.ts';

export interface ReadLimits {
  readonly totalMs: number;
  readonly maxReplyBytes: number;
}

/** A list of the protocol: how to ask for it, and where its entries stand. */
export interface ListRequest {
  readonly method: string;
  readonly member: string;
}

export interface GatheredList {
  readonly entries: readonly RawJson[];
  readonly hint?: CacheHint;
}

const MOST_ENTRIES = 2_000;
const MOST_PAGES = 100;
const NOTHING: GatheredList = { entries: [] };

const refuseAsked = { error: { code: RpcCode.methodNotFound, message: 'the runtime answers no requests here' } };

/** All pages of a list, bounded in pages and in entries. A service that does not know the list has nothing on it. */
export async function gatherList(
  connection: Connection,
  { method, member }: ListRequest,
  terms: { readonly limits: ReadLimits; readonly signal: AbortSignal },
): Promise<GatheredList> {
  const entries: RawJson[] = [];
  let hint: CacheHint | undefined;
  let cursor: string | undefined;
  for (let page = 0; page < MOST_PAGES && entries.length < MOST_ENTRIES; page += 1) {
    const params = new Map(cursor === undefined ? [] : [['cursor', RawJson.of(cursor)]]);
    const reply = await connection.request({ method, params }, exchangeOf(terms));
    if ('error' in reply) {
      if (reply.error.code === RpcCode.methodNotFound) return NOTHING;
      throw new ClarityError('SERVICE_START_FAILED', `${method}: ${reply.error.message}`);
    }
    const members = membersOf(reply.result);
    const list = members.get(member);
    if (list?.bytes[0] !== 0x5b) throw new ClarityError('SERVICE_START_FAILED', `${method} answered without ${member}`);
    entries.push(...arrayItems(list.bytes, MOST_ENTRIES - entries.length));
    hint ??= hintOf(members);
    const next = members.get('nextCursor')?.value;
    if (typeof next !== 'string' || next === cursor) break;
    cursor = next;
  }
  return hint === undefined ? { entries } : { entries, hint };
}

const exchangeOf = ({ limits, signal }: { readonly limits: ReadLimits; readonly signal: AbortSignal }) => ({
  ...limits,
  idleMs: 0,
  signal,
  onNotification: () => undefined,
  onRequest: () => Promise.resolve(refuseAsked),
  onSent: () => undefined,
});

function hintOf(members: ReadonlyMap<string, RawJson>): CacheHint | undefined {
  const ttlMs = members.get('ttlMs')?.value;
  if (typeof ttlMs !== 'number' || !(ttlMs >= 0)) return undefined;
  return { ttlMs, cacheScope: members.get('cacheScope')?.value === 'public' ? 'public' : 'private' };
}
