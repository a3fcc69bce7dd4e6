import { crc32 } from 'node:zlib';

const PREFIX = 9;
const NEWLINE = 0x0a;
const SPACE = 0x20;
const decoder = new TextDecoder('utf-8', { fatal: true });

/** `<crc32, 8 hex digits> <json>\n`: one line of the journal. */
export const walLine = (json: string): string => `${hex(crc32(json))} ${json}\n`;

export interface WalLines {
  /** The JSON of every good line, up to the first bad one. */
  readonly good: readonly string[];
  /** Where the first bad line begins; the length of the whole when there is none. */
  readonly goodBytes: number;
  /** The JSON of good lines behind it: they tell what was lost, and are not taken. */
  readonly beyond: readonly string[];
}

/** Splits a journal at its first bad line. */
export function readWalLines(bytes: Uint8Array): WalLines {
  const good: string[] = [];
  const beyond: string[] = [];
  let goodBytes = 0;
  let whole = true;
  for (let start = 0; start < bytes.length;) {
    const newline = bytes.indexOf(NEWLINE, start);
    const end = newline === -1 ? bytes.length : newline;
    const json = newline === -1 ? undefined : checked(bytes.subarray(start, end));
    whole &&= json !== undefined;
    if (whole) goodBytes = end + 1;
    if (json !== undefined) (whole ? good : beyond).push(json);
    start = end + 1;
  }
  return { good, goodBytes, beyond };
}

function checked(line: Uint8Array): string | undefined {
  if (line.length <= PREFIX || line[PREFIX - 1] !== SPACE) return undefined;
  const json = line.subarray(PREFIX);
  const sum = Buffer.from(line.buffer, line.byteOffset, PREFIX - 1).toString('latin1');
  if (sum !== hex(crc32(json))) return undefined;
  try {
    return decoder.decode(json);
  } catch {
    return undefined;
  }
}

const hex = (sum: number): string => sum.toString(16).padStart(8, '0');
