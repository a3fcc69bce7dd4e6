import { createHash } from 'node:crypto';
import { StoreError } from '@clarity-runtime/core';
import { CHAIN_START, type AuditLink } from '@clarity-runtime/core/audit-chain';
import { z } from 'zod';
import type { TelemetryImage } from './telemetry-state.ts';
import { baseOf, chainBase, linkOf, linkText } from './wal-format.ts';

const INTEGRITY = '\n,"integrity":';
const CHUNK_LENGTH = 64 * 1024;
const decoder = new TextDecoder('utf-8', { fatal: true });

const event = z.looseObject({ seq: z.number().int().positive(), kind: z.string() });
const logs = z.record(z.string(), z.array(z.string()));
const current = z.object({
  version: z.literal(1),
  store: z.string().min(1),
  lastSeq: z.number().int().nonnegative(),
  lastRecord: z.number().int().nonnegative(),
  droppedBefore: z.number().int().positive(),
  events: z.array(event),
  /** Absent in checkpoints from before the hash chain. */
  chain: chainBase.optional(),
  links: z.array(z.unknown()).optional(),
  logs,
  integrity: z.object({ alg: z.literal('sha256'), digest: z.string() }),
});
/** The format of version 0.9: without digest and without event ids. */
const legacy = z.object({
  version: z.literal(1),
  updatedAt: z.string(),
  events: z.array(z.unknown()),
  logs: logs.catch({}),
});

/** Yields the file in chunks of about 64 KiB. The digest at the end covers all bytes before it. */
export function* encodeCheckpoint(image: TelemetryImage, updatedAt: string): Generator<Uint8Array, void> {
  const hash = createHash('sha256');
  let text = '';
  const takeChunk = (): Uint8Array => {
    const bytes = Buffer.from(text);
    hash.update(bytes);
    text = '';
    return bytes;
  };
  const { store, lastSeq, lastRecord, droppedBefore, base: chain } = image;
  const head = JSON.stringify({ version: 1, updatedAt, store, lastSeq, lastRecord, droppedBefore, chain });
  text += `${head.slice(0, -1)},"events":[`;
  for (const [i, { json }] of image.events.entries()) {
    text += `${i === 0 ? '' : ','}\n${json}`;
    if (text.length >= CHUNK_LENGTH) yield takeChunk();
  }
  text += '\n],"links":[';
  for (const [i, link] of image.links.entries()) {
    text += `${i === 0 ? '' : ','}\n${linkText(link)}`;
    if (text.length >= CHUNK_LENGTH) yield takeChunk();
  }
  text += '\n],"logs":{';
  let first = true;
  for (const [serviceId, lines] of image.logs) {
    text += `${first ? '' : ','}\n${JSON.stringify(serviceId)}:${JSON.stringify(lines)}`;
    first = false;
    if (text.length >= CHUNK_LENGTH) yield takeChunk();
  }
  text += '\n}';
  yield takeChunk();
  yield Buffer.from(`${INTEGRITY}{"alg":"sha256","digest":"${hash.digest('hex')}"}}\n`);
}

/**
 * Parses a checkpoint. `isLegacy` marks the format of version 0.9 and files without a chain base.
 * @throws StoreError `corrupt` when the bytes are not JSON, have another structure or do not match their digest.
 */
export function decodeCheckpoint(bytes: Uint8Array, newStore: string): TelemetryImage & { readonly isLegacy: boolean } {
  const document = parse(bytes);
  const read = current.safeParse(document);
  if (!read.success) {
    const old = isCurrentFormat(document) ? undefined : decodeLegacy(document, newStore);
    if (old !== undefined) return old;
    throw new StoreError('corrupt', `not telemetry: ${z.prettifyError(read.error).split('\n')[0] ?? ''}`);
  }
  const end = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).lastIndexOf(INTEGRITY);
  const digest = createHash('sha256')
    .update(bytes.subarray(0, Math.max(0, end)))
    .digest('hex');
  if (digest !== read.data.integrity.digest) throw new StoreError('corrupt', 'the digest does not match the content');
  const { store, lastSeq, lastRecord, droppedBefore, chain, links = [] } = read.data;
  // The raw document keeps the order of members; zod returns a copy with another order.
  const written = (document as { readonly events: readonly { readonly seq: number }[] }).events;
  return {
    store,
    lastSeq,
    lastRecord,
    droppedBefore,
    events: written.map((item) => ({ seq: item.seq, json: JSON.stringify(item) })),
    base: baseOf(chain) ?? { seq: droppedBefore - 1, hash: CHAIN_START },
    links: links.map(assertLink),
    logs: new Map(Object.entries(read.data.logs)),
    isLegacy: chain === undefined,
  };
}

function assertLink(value: unknown): AuditLink {
  const link = linkOf(value);
  if (link === undefined) throw new StoreError('corrupt', 'not telemetry: a link is not valid');
  return link;
}

const isCurrentFormat = (document: unknown): boolean =>
  typeof document === 'object' && document !== null && ('lastSeq' in document || 'integrity' in document);

function decodeLegacy(document: unknown, store: string): (TelemetryImage & { readonly isLegacy: boolean }) | undefined {
  const read = legacy.safeParse(document);
  if (!read.success) return undefined;
  const events = read.data.events
    .map((item) => event.safeParse(item))
    .flatMap((item) => (item.success ? [item.data] : []))
    .sort((a, b) => a.seq - b.seq)
    .filter(({ seq }, i, all) => seq !== all[i - 1]?.seq)
    .map((item) => ({ seq: item.seq, json: JSON.stringify({ ...item, id: `${store}/0/${String(item.seq)}` }) }));
  const lastSeq = events.at(-1)?.seq ?? 0;
  const droppedBefore = events[0]?.seq ?? 1;
  return {
    store,
    lastSeq,
    lastRecord: 0,
    droppedBefore,
    events,
    base: { seq: droppedBefore - 1, hash: CHAIN_START },
    links: [],
    logs: new Map(Object.entries(read.data.logs)),
    isLegacy: true,
  };
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(decoder.decode(bytes));
  } catch (error) {
    throw new StoreError('corrupt', 'not JSON', { cause: error });
  }
}
