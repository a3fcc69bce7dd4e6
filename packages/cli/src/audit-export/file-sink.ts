import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import type { AuditEvent } from '@clarity-runtime/core';
import { sha256Hex } from '@clarity-runtime/core/internal';
import type { AuditSink, LastExported } from './audit-sink.ts';

/** Hash before the first line of a new chain. */
const START = '0'.repeat(64);
/** A line is at most an event of 64 Ki characters, in UTF-8. */
const TAIL_BYTES = 512 * 1024;
const NEWLINE = 0x0a;

/** O_APPEND: other writers lose nothing. O_NOFOLLOW rejects a link as the last segment of the path. */
const FLAGS = constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW | constants.O_NONBLOCK;

interface OpenTarget {
  readonly handle: FileHandle;
  readonly last: LastExported | undefined;
}

/**
 * Appends one JSON line per event to a file with mode 0600. Each line has `prev`, the SHA-256 of the line before, so that
 * `clarityctl audit verify --file` finds a changed, removed or moved line. A new file continues the chain of the old one.
 */
export class FileSink implements AuditSink {
  readonly name = 'file';
  readonly #path: string;
  #target: OpenTarget | undefined;
  #isStale = false;
  #prev: string | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  async last(): Promise<LastExported | undefined> {
    return (await this.#open()).last;
  }

  async write(events: readonly AuditEvent[]): Promise<void> {
    const { handle } = await this.#open();
    let prev = this.#prev ?? START;
    let text = '';
    for (const event of events) {
      const line = `${JSON.stringify(event).slice(0, -1)},"prev":"${prev}"}`;
      prev = sha256Hex(line);
      text += `${line}\n`;
    }
    try {
      await handle.appendFile(text);
      await handle.datasync();
      this.#prev = prev;
    } catch (error) {
      // A part may be in the file: the next attempt reads its end again.
      this.#isStale = true;
      this.#prev = undefined;
      throw error;
    }
  }

  reopen(): void {
    this.#isStale = true;
  }

  async close(): Promise<void> {
    await this.#target?.handle.close();
    this.#target = undefined;
  }

  async #open(): Promise<OpenTarget> {
    if (this.#isStale) await this.close();
    this.#isStale = false;
    if (this.#target !== undefined) return this.#target;
    const handle = await open(this.#path, FLAGS, 0o600);
    try {
      if (!(await handle.stat()).isFile()) throw new Error(`${this.#path} is not a regular file`);
      const { line, isTorn } = await lastLine(handle);
      // A partial line of a killed process becomes a line of its own, so that the file is only appended to.
      if (isTorn) await handle.appendFile('\n');
      if (line !== undefined) this.#prev = sha256Hex(line);
      this.#target = { handle, last: line === undefined ? undefined : lastOf(line) };
      return this.#target;
    } catch (error) {
      await handle.close();
      throw error;
    }
  }
}

/** Returns the last line of a file without its line break; undefined for an empty file. */
async function lastLine(handle: FileHandle): Promise<{ readonly line?: string; readonly isTorn: boolean }> {
  const { size } = await handle.stat();
  if (size === 0) return { isTorn: false };
  const length = Math.min(size, TAIL_BYTES);
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, size - length);
  const tail = buffer.subarray(0, bytesRead);
  const isTorn = tail.at(-1) !== NEWLINE;
  const end = isTorn ? tail.length : tail.length - 1;
  const line = tail.subarray(tail.lastIndexOf(NEWLINE, Math.max(0, end - 1)) + 1, end).toString();
  return { line, isTorn };
}

function lastOf(line: string): LastExported | undefined {
  try {
    const { seq, id } = JSON.parse(line) as { readonly seq?: unknown; readonly id?: unknown };
    return typeof seq === 'number' && typeof id === 'string' ? { seq, id } : undefined;
  } catch {
    return undefined;
  }
}
