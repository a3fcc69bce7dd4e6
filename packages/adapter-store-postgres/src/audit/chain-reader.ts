import { createHash } from 'node:crypto';
import type { AuditVerdict, AuditVerification, CallOptions, TenantId } from '@clarity-runtime/core/ports';
import { StoreError } from '@clarity-runtime/core';
import type { Database, ResultRow } from '../database/database.ts';
import { numberOf, textOf } from '../database/values.ts';

const PAGE = 2_000;
const START = Buffer.alloc(32);

interface ChainEnd {
  readonly ord: number;
  readonly hash: Uint8Array;
  readonly droppedOrd: number;
  readonly droppedHash: Uint8Array;
}

/**
 * Recomputes the chain of a tenant page by page: each hash covers the one before it, the id and the text of its event. Also
 * checks that the events of each journal are in their order.
 */
export async function verifyChain(
  database: Database,
  tenant: TenantId,
  { expect }: AuditVerification = {},
  options: CallOptions = {},
): Promise<AuditVerdict> {
  const end = endOf((await database.call('chain_end', [tenant], options))[0]);
  const journals = new Map<string, number>();
  let { droppedOrd: ord, droppedHash: hash } = end;
  let expected = expect === undefined ? undefined : hex(hash) === expect;
  let records = 0;
  let fault: AuditVerdict['fault'];
  while (fault === undefined && ord < end.ord) {
    const rows = await database.call('links', [tenant, ord, Math.min(PAGE, end.ord - ord)], options);
    if (rows.length === 0) fault = { seq: ord + 1, reason: 'the last events are missing' };
    for (const row of rows) {
      fault = faultOf(row, ord, hash, journals);
      if (fault !== undefined) break;
      ord += 1;
      records += 1;
      hash = bytesOf(row, 'hash');
      if (expected === false && hex(hash) === expect) expected = true;
    }
  }
  if (fault === undefined && !Buffer.from(hash).equals(end.hash)) {
    fault = { seq: end.ord, reason: 'the end of the chain has another hash' };
  }
  return {
    records,
    links: records,
    head: hex(hash),
    from: end.droppedOrd + 1,
    to: end.droppedOrd + records,
    outside: 0,
    ...(end.droppedOrd === 0 ? {} : { dropped: end.droppedOrd }),
    ...(expected === undefined ? {} : { expected }),
    ...(fault === undefined ? {} : { fault }),
  };
}

function faultOf(
  row: ResultRow,
  before: number,
  hash: Uint8Array,
  journals: Map<string, number>,
): AuditVerdict['fault'] {
  const seq = numberOf(row, 'ord');
  const id = textOf(row, 'id');
  if (seq !== before + 1) return { seq: before + 1, reason: 'an event is missing' };
  const computed = createHash('sha256')
    .update(hash)
    .update(`${id}\n${textOf(row, 'body')}`)
    .digest();
  if (!computed.equals(bytesOf(row, 'hash'))) return { seq, reason: `the event ${id} was changed` };
  const [, journal = '', n = ''] = /^(.*)\/(\d+)$/.exec(id) ?? [];
  if ((journals.get(journal) ?? 0) >= Number(n))
    return { seq, reason: `the event ${id} is not in the order of its journal` };
  journals.set(journal, Number(n));
  return undefined;
}

function endOf(row: ResultRow | undefined): ChainEnd {
  if (row === undefined) return { ord: 0, hash: START, droppedOrd: 0, droppedHash: START };
  return {
    ord: numberOf(row, 'ord'),
    hash: bytesOf(row, 'hash'),
    droppedOrd: numberOf(row, 'dropped_ord'),
    droppedHash: bytesOf(row, 'dropped_hash'),
  };
}

function bytesOf(row: ResultRow, name: string): Uint8Array {
  const value = row[name];
  if (value instanceof Uint8Array) return value;
  throw new StoreError('corrupt', `the database answered without '${name}'`);
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
