import { open } from 'node:fs/promises';
import { sha256Hex } from '@clarity-runtime/core/internal';

/** Result of verifying a file of `--audit-file`. */
export interface ExportedFileVerdict {
  readonly lines: number;
  /** Partial lines of killed processes: not an event, and covered by the chain. */
  readonly torn: number;
  /** Hash of the line before the first one: the head of the previous file, or 64 zeros. */
  readonly base: string;
  /** Hash of the last line. */
  readonly head: string;
  /** `seq` of the first and the last event; `to` is smaller without an event. */
  readonly from: number;
  readonly to: number;
  /** Whether a line, or the base, has the expected hash; absent without an expected hash. */
  readonly expected?: boolean;
  readonly fault?: { readonly line: number; readonly reason: string };
}

/** Verifies the chain of an exported file, line by line. `expect` is the head of an earlier verification. */
export async function verifyExportedFile(path: string, expect?: string): Promise<ExportedFileVerdict> {
  const file = await open(path);
  let [lines, torn, base, head, found] = [0, 0, '', '0'.repeat(64), false];
  let [from, to] = [1, 0];
  let fault: ExportedFileVerdict['fault'];
  try {
    for await (const line of file.readLines({ encoding: 'utf8' })) {
      lines += 1;
      const { prev, seq } = partsOf(line);
      if (seq !== undefined) [from, to] = [to === 0 ? seq : from, seq];
      if (prev === undefined) torn += 1;
      else if (lines === 1) base = prev;
      else if (prev !== head) {
        fault = { line: lines, reason: `line ${String(lines)} does not follow line ${String(lines - 1)}` };
        break;
      }
      head = sha256Hex(line);
      found ||= head === expect || base === expect;
    }
  } finally {
    await file.close();
  }
  const expected = expect === undefined ? {} : { expected: found };
  return { lines, torn, base, head, from, to, ...expected, ...(fault === undefined ? {} : { fault }) };
}

const PREV = /,"prev":"([0-9a-f]{64})"\}$/;

/** Returns the hash and the number in a complete line; neither for a partial one. */
function partsOf(line: string): { readonly prev?: string; readonly seq?: number } {
  const prev = PREV.exec(line.slice(-75))?.[1];
  if (prev === undefined) return {};
  try {
    const { seq } = JSON.parse(line) as { readonly seq?: unknown };
    return typeof seq === 'number' ? { prev, seq } : { prev };
  } catch {
    return {};
  }
}
