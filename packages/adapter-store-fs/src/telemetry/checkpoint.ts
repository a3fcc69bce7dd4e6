import { createHash } from 'node:crypto';
import { StoreError } from '@clarity-runtime/core';
import { CHAIN_START, type AuditLink } from '@clarity-runtime/core/audit-chain';
import { z } from 'zod';
import type { TelemetryImage } from './telemetry-state.ts';
import { linkOf, linkText } from './wal-format.ts';

const INTEGRITY = '\n,"integrity":';
const PIECE = 64 * 1024;
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
  /** Absent in what was written before there were links. */
  chain: z.object({ seq: z.number().int().nonnegative(), hash: z.string() }).optional(),
  links: z.array(z.unknown()).optional(),
  logs,
  integrity: z.object({ alg: z.literal('sha256'), digest: z.string() }),
});
/** What version 0.9 wrote: no digest, and no ids. */
const old = z.object({
  version: z.literal(1),
  updatedAt: z.string(),
  events: z.array(z.unknown()),
  logs: logs.catch({}),
});

/** The file in pieces of about 64 KiB; the digest at its end covers every byte before it. */
export function* encodeCheckpoint(image: TelemetryImage, updatedAt: string): Generator<Uint8Array, void> {
  const hash = createHash('sha256');
  let text = '';
  const piece = (): Uint8Array => {
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
    if (text.length >= PIECE) yield piece();
  }
  text += '\n],"links":[';
  for (const [i, link] of image.links.entries()) {
    text += `${i === 0 ? '' : ','}\n${linkText(link)}`;
    if (text.length >= PIECE) yield piece();
  }
  text += '\n],"logs":{';
  let first = true;
  for (const [serviceId, lines] of image.logs) {
    text += `${first ? '' : ','}\n${JSON.stringify(serviceId)}:${JSON.stringify(lines)}`;
    first = false;
    if (text.length >= PIECE) yield piece();
  }
  text += '\n}';
  yield piece();
  yield Buffer.from(`${INTEGRITY}{"alg":"sha256","digest":"${hash.digest('hex')}"}}\n`);
}

/** Refuses with `corrupt` whatever is not exactly what was written. `aged` when an older version wrote it. */
export function decodeCheckpoint(bytes: Uint8Array, newStore: string): TelemetryImage & { readonly aged: boolean } {
  const document = parse(bytes);
  const read = current.safeParse(document);
  if (!read.success) {
    const aged = isOurs(document) ? undefined : decodeOld(document, newStore);
    if (aged !== undefined) return aged;
    throw new StoreError('corrupt', `not telemetry: ${z.prettifyError(read.error).split('\n')[0] ?? ''}`);
  }
  const end = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).lastIndexOf(INTEGRITY);
  const digest = createHash('sha256')
    .update(bytes.subarray(0, Math.max(0, end)))
    .digest('hex');
  if (digest !== read.data.integrity.digest) throw new StoreError('corrupt', 'the digest does not match the content');
  const { store, lastSeq, lastRecord, droppedBefore, chain, links = [] } = read.data;
  // As it was written, in its order: what zod gives is a copy in another.
  const written = (document as { readonly events: readonly { readonly seq: number }[] }).events;
  return {
    store,
    lastSeq,
    lastRecord,
    droppedBefore,
    events: written.map((item) => ({ seq: item.seq, json: JSON.stringify(item) })),
    base: chain ?? { seq: droppedBefore - 1, hash: CHAIN_START },
    links: links.map(trueLink),
    logs: new Map(Object.entries(read.data.logs)),
    aged: chain === undefined,
  };
}

function trueLink(value: unknown): AuditLink {
  const link = linkOf(value);
  if (link === undefined) throw new StoreError('corrupt', 'not telemetry: a link is none');
  return link;
}

const isOurs = (document: unknown): boolean =>
  typeof document === 'object' && document !== null && ('lastSeq' in document || 'integrity' in document);

function decodeOld(document: unknown, store: string): (TelemetryImage & { readonly aged: boolean }) | undefined {
  const read = old.safeParse(document);
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
    aged: true,
  };
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(decoder.decode(bytes));
  } catch (error) {
    throw new StoreError('corrupt', 'not JSON', { cause: error });
  }
}
