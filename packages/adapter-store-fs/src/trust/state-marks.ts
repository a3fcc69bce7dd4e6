import { StoreError } from '@clarity-runtime/core';
import { sha256Hex } from '@clarity-runtime/core/internal';
import { z } from 'zod';
import type { WorkspaceSeal } from './workspace-seal.ts';

/** The member `integrity` of a state file. `sha256` detects damage; only `hmac-sha256` shows that this user wrote it. */
export const integrity = z.union([
  z.object({ alg: z.literal('sha256'), digest: z.string() }),
  z.object({
    alg: z.literal('hmac-sha256'),
    digest: z.string(),
    keyId: z.string(),
    counter: z.int().nonnegative(),
    mac: z.string(),
  }),
]);

type Integrity = z.infer<typeof integrity>;

/** A state file that its reader has parsed; `document` is the value of `JSON.parse`. */
export interface ParsedStateFile {
  readonly document: unknown;
}

/** The mark of a file as it was read. */
export type MarkVerdict =
  | { readonly kind: 'valid'; readonly counter: number }
  | { readonly kind: 'rolled_back'; readonly counter: number; readonly expected: number }
  | { readonly kind: 'unsigned' };

/** Dependencies of `StateMarks`. */
export interface StateMarksDependencies {
  readonly seal: WorkspaceSeal;
  /** Counters that were seen last, by label. */
  readonly seen: ReadonlyMap<string, number>;
  /** Whether a file that is written now gets a mark. Without, it gets a digest only. */
  readonly isTrusted: () => boolean;
  /** Called after a file with a new counter is on disk. */
  readonly onSaved: () => Promise<void>;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * Marks and judges the state files of one workspace. The label of a file is its name. A mark covers the label, a counter
 * that grows with each write, and the digest of the content.
 */
export class StateMarks {
  readonly #dependencies: StateMarksDependencies;
  /** Counters that were used, also by writes that failed. */
  readonly #counters: Map<string, number>;
  /** Counters of files that are on disk. */
  readonly #stored: Map<string, number>;
  readonly #verdicts = new Map<string, MarkVerdict>();
  readonly #queues = new Map<string, Promise<unknown>>();
  /** Digests of the content that was read or written last, by label. */
  readonly #digests = new Map<string, string>();
  readonly #labels = new Set<string>();

  constructor(dependencies: StateMarksDependencies) {
    this.#dependencies = dependencies;
    this.#counters = new Map(dependencies.seen);
    this.#stored = new Map(dependencies.seen);
    for (const label of dependencies.seen.keys()) this.#labels.add(label);
  }

  /** Every file that was read or written, also one that was first written without a mark. */
  get labels(): ReadonlySet<string> {
    return this.#labels;
  }

  /** The newest counters of files on disk by label. */
  get counters(): ReadonlyMap<string, number> {
    return this.#stored;
  }

  /** The verdicts about the files that were read, by label. */
  get verdicts(): ReadonlyMap<string, MarkVerdict> {
    return this.#verdicts;
  }

  /** Returns the first of the copies of a file whose mark is that of its newest write; the first one if none is. */
  verified<C extends Uint8Array | ParsedStateFile>(label: string, copies: readonly [C, ...C[]]): C {
    return copies.find((copy) => this.#isNewest(label, copy)) ?? copies[0];
  }

  #isNewest(label: string, file: Uint8Array | ParsedStateFile): boolean {
    const found = integrityOf(file);
    if (found?.alg !== 'hmac-sha256' || found.counter < (this.#stored.get(label) ?? 0)) return false;
    return this.#dependencies.seal.verify(label, covered(found.counter, found.digest), found.mac);
  }

  /** Judges the mark of a file that was read. Ignores a damaged file: its reader reports it. */
  judge(label: string, file: Uint8Array | ParsedStateFile): MarkVerdict {
    const found = integrityOf(file);
    this.#labels.add(label);
    if (found !== undefined) this.#digests.set(label, found.digest);
    const verdict = found === undefined ? ({ kind: 'unsigned' } as const) : this.#verdictOf(label, found);
    this.#verdicts.set(label, verdict);
    return verdict;
  }

  /**
   * Writes a JSON document that ends with a plain `integrity`: replaces it by a mark, calls `write`, and records the
   * counter. One write at a time per label.
   */
  save(label: string, bytes: Uint8Array, write: (marked: Uint8Array) => Promise<void>): Promise<void> {
    this.#labels.add(label);
    return this.#exclusive(label, async () => {
      await this.#write(label, bytes, write);
      if (this.#dependencies.isTrusted()) await this.#dependencies.onSaved();
    });
  }

  /**
   * Marks a file again. `read` returns it, `write` replaces it; a file that does not exist loses its counter.
   * @throws StoreError `conflict` when the content is not the content that was read or written last.
   */
  remark(
    label: string,
    read: () => Promise<Uint8Array | undefined>,
    write: (marked: Uint8Array) => Promise<void>,
  ): Promise<void> {
    return this.#exclusive(label, async () => {
      const bytes = await read();
      if (bytes === undefined) {
        this.#counters.delete(label);
        this.#stored.delete(label);
        this.#verdicts.delete(label);
        return;
      }
      const known = this.#digests.get(label);
      if (known !== undefined && integrityOf(bytes)?.digest !== known) {
        throw new StoreError('conflict', `${label}: the file changed since it was read`);
      }
      await this.#write(label, bytes, write);
    });
  }

  async #write(label: string, bytes: Uint8Array, write: (marked: Uint8Array) => Promise<void>): Promise<void> {
    const marked = this.#marked(label, bytes);
    const counter = this.#counters.get(label);
    await write(marked.bytes);
    if (marked.isMarked && counter !== undefined) this.#stored.set(label, counter);
  }

  #exclusive(label: string, work: () => Promise<void>): Promise<void> {
    const done = (this.#queues.get(label) ?? Promise.resolve()).then(work);
    this.#queues.set(
      label,
      done.catch(() => undefined),
    );
    return done;
  }

  #verdictOf(label: string, found: Integrity): MarkVerdict {
    if (found.alg === 'sha256') return { kind: 'unsigned' };
    const { counter, digest, mac } = found;
    if (!this.#dependencies.seal.verify(label, covered(counter, digest), mac)) return { kind: 'unsigned' };
    // A write that failed is not on disk, or it is: both contents are of this user.
    const expected = this.#stored.get(label) ?? 0;
    if (counter < expected) return { kind: 'rolled_back', counter, expected };
    this.#counters.set(label, Math.max(counter, this.#counters.get(label) ?? 0));
    this.#stored.set(label, counter);
    return { kind: 'valid', counter };
  }

  #marked(label: string, bytes: Uint8Array): { readonly bytes: Uint8Array; readonly isMarked: boolean } {
    const document = JSON.parse(decoder.decode(bytes)) as Readonly<Record<string, unknown>>;
    const digest = integrityOf(bytes)?.digest;
    if (digest === undefined) throw new StoreError('corrupt', `${label}: the file has no digest`);
    this.#digests.set(label, digest);
    const mark = this.#integrity(label, digest);
    const isMarked = mark.alg === 'hmac-sha256';
    const before = `"integrity": ${JSON.stringify(document['integrity'])}`;
    const text = decoder.decode(bytes);
    // Only the mark changes: the other bytes can have a meaning that a parsed value does not have.
    const marked = text.includes(before)
      ? text.replace(before, () => `"integrity": ${JSON.stringify(mark)}`)
      : `${JSON.stringify({ ...document, integrity: mark }, null, 2)}\n`;
    return { bytes: encoder.encode(marked), isMarked };
  }

  #integrity(label: string, digest: string): Integrity {
    if (!this.#dependencies.isTrusted()) return { alg: 'sha256', digest };
    const { seal } = this.#dependencies;
    const counter = (this.#counters.get(label) ?? 0) + 1;
    // Not used again after a failed write, which may be on disk all the same.
    this.#counters.set(label, counter);
    const mac = seal.mac(label, covered(counter, digest));
    return { alg: 'hmac-sha256', digest, keyId: seal.keyId, counter, mac };
  }
}

const covered = (counter: number, digest: string): Uint8Array => encoder.encode(`${String(counter)} ${digest}`);

function integrityOf(file: Uint8Array | ParsedStateFile): Integrity | undefined {
  try {
    const document = 'document' in file ? file.document : (JSON.parse(decoder.decode(file)) as unknown);
    return integrity.safeParse((document as { readonly integrity?: unknown } | null)?.integrity).data;
  } catch {
    return undefined;
  }
}

/** Returns the digest that a state file claims; undefined without one. */
export const claimedDigest = (bytes: Uint8Array): string | undefined => integrityOf(bytes)?.digest;

/** Returns a document with a plain digest of its members, for `StateMarks.save`. */
export function withDigest(document: object): Uint8Array {
  const digest = sha256Hex(JSON.stringify(document));
  return encoder.encode(`${JSON.stringify({ ...document, integrity: { alg: 'sha256', digest } })}\n`);
}

/** Returns the members of a document of `withDigest`; undefined for damaged content. */
export function readDigested(bytes: Uint8Array): Readonly<Record<string, unknown>> | undefined {
  try {
    const { integrity: given, ...rest } = JSON.parse(decoder.decode(bytes)) as Record<string, unknown>;
    const digest = integrity.safeParse(given).data?.digest;
    return digest === undefined || digest === sha256Hex(JSON.stringify(rest)) ? rest : undefined;
  } catch {
    return undefined;
  }
}
