import { createHash } from 'node:crypto';
import { CHAIN_START, type AuditLink, type ChainBase, type KeptEvent } from '@clarity-runtime/core/audit-chain';
import { z } from 'zod';
import { baseOf, chainBase, linkOf } from './wal-format.ts';

const INTEGRITY = ',"integrity":';
const EVENTS = ',"events":[';
const header = z.object({
  lastRecord: z.number().int().nonnegative(),
  droppedBefore: z.number().int().positive(),
  chain: chainBase.optional(),
});

/** The leading lines of a checkpoint that have the format of `encodeCheckpoint`. */
export interface CheckpointLines {
  readonly base: ChainBase;
  readonly lastRecord: number;
  readonly events: readonly KeptEvent[];
  readonly links: readonly AuditLink[];
  /** Reason why reading ended early or the digest does not match. Undefined when the file is valid. */
  readonly problem?: string;
}

/** Parses a checkpoint up to its first invalid line, also one that `decodeCheckpoint` rejects. Locates the fault. */
export function readCheckpointLines(bytes: Uint8Array): CheckpointLines {
  const lines = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8').split('\n');
  const head = headerOf(lines[0] ?? '');
  const empty = { base: { seq: 0, hash: CHAIN_START }, lastRecord: 0, events: [], links: [] };
  if (head === undefined) return { ...empty, problem: 'line 1 is not a checkpoint header' };
  const { lastRecord, droppedBefore, chain } = head;
  const base = baseOf(chain) ?? { seq: droppedBefore - 1, hash: CHAIN_START };
  const events: KeptEvent[] = [];
  const links: AuditLink[] = [];
  const found = { base, lastRecord, events, links };
  let at = 1;
  const invalid = (): CheckpointLines => ({ ...found, problem: `line ${String(at + 1)} is not valid` });
  for (; at < lines.length && lines[at]?.startsWith(']') === false; at += 1) {
    const event = eventOf(withoutComma(lines[at] ?? ''));
    if (event === undefined) return invalid();
    events.push(event);
  }
  if (lines[at] === '],"links":[') {
    for (at += 1; at < lines.length && lines[at]?.startsWith(']') === false; at += 1) {
      const link = linkOf(parsed(withoutComma(lines[at] ?? '')));
      if (link === undefined) return invalid();
      links.push(link);
    }
  }
  if (lines[at] !== '],"logs":{') return invalid();
  return isDigestValid(bytes, lines.at(-2) ?? '')
    ? found
    : { ...found, problem: 'the digest does not match the content' };
}

function headerOf(line: string): z.infer<typeof header> | undefined {
  if (!line.endsWith(EVENTS)) return undefined;
  return header.safeParse(parsed(`${line.slice(0, -EVENTS.length)}}`)).data;
}

function eventOf(json: string): KeptEvent | undefined {
  const value = parsed(json);
  if (typeof value !== 'object' || value === null || !('seq' in value)) return undefined;
  const { seq } = value;
  if (typeof seq !== 'number' || !Number.isSafeInteger(seq) || JSON.stringify(value) !== json) return undefined;
  return { seq, json };
}

const withoutComma = (line: string): string => (line.endsWith(',') ? line.slice(0, -1) : line);

function isDigestValid(bytes: Uint8Array, last: string): boolean {
  if (!last.startsWith(INTEGRITY)) return false;
  const content = bytes.subarray(0, bytes.length - Buffer.byteLength(last) - 2);
  return last.includes(`"${createHash('sha256').update(content).digest('hex')}"`);
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json) as unknown;
  } catch {
    return undefined;
  }
}
