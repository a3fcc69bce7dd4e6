import { StoreError } from '@clarity-runtime/core';
import { sha256Hex, toPrintableAscii, VERSION } from '@clarity-runtime/core/internal';
import { z } from 'zod';
import { jsonItems } from '../files/json-items.ts';
import { integrity } from '../trust/state-marks.ts';
import type { RegistryState } from './registry-state.ts';

/** Description of a file with versioned items and a digest. */
export interface ItemFile<T> {
  /** Name of the file in messages: `a registry`. */
  readonly title: string;
  /** The version that is written. */
  readonly version: number;
  /** Older versions of the same layout. */
  readonly readable: readonly number[];
  /** Member with the items, and member of an item with the value. */
  readonly list: 'services' | 'policies' | 'tokens' | 'profiles' | 'approvals' | 'logins';
  readonly member: 'record' | 'document';
  /** Recognizes a value that this version can use. */
  readonly value: z.ZodType;
  readonly idOf: (value: T) => string;
}

/** Result of `decodeItems`. */
export interface ReadItems<T> {
  readonly state: RegistryState<T>;
  readonly version: number;
  /** `mismatch`: well-formed, but changed by another program. */
  readonly digest: 'valid' | 'mismatch';
}

const envelope = z.looseObject({
  version: z.number().int(),
  updatedAt: z.string(),
  changes: z.number().int().nonnegative(),
  integrity,
});
const ITEM = { revision: z.string(), writtenAt: z.string(), op: z.string() };
const OWN_MEMBERS = ['version', 'writer', 'updatedAt', 'changes', 'integrity'];

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });

/** Encodes a file. Items that this version does not know, and unchanged items with other bytes, are copied as text. */
export function encodeItems<T>(file: ItemFile<T>, state: RegistryState<T>, at: Date): Uint8Array {
  const { list, member, version } = file;
  const { changes, records, texts, unsupported, others } = state;
  const items = [...records].map(([id, { value, ...rest }]) => {
    const kept = texts.get(id);
    return kept?.revision === rest.revision ? kept.text : itemText({ ...rest, [member]: value });
  });
  const all = [...items, ...unsupported];
  const text = all.length === 0 ? '[]' : `[\n    ${all.join(',\n    ')}\n  ]`;
  const digest = digestOf(list, changes, JSON.parse(text));
  const head = { version, writer: VERSION, updatedAt: at.toISOString(), changes, ...others };
  const members = Object.entries({ ...head, integrity: { alg: 'sha256', digest } });
  const lines = members.map(([name, value]) => `  ${JSON.stringify(name)}: ${JSON.stringify(value)}`);
  return encoder.encode(`{\n${[...lines, `  ${JSON.stringify(list)}: ${text}`].join(',\n')}\n}\n`);
}

/** A JSON document with its text. */
export interface ParsedFile {
  readonly text: string;
  readonly document: unknown;
}

/**
 * Reads a parsed file of a readable version.
 * @throws StoreError `corrupt` when it is not such a file or has an item twice, `invalid` when a later version wrote it.
 */
export function decodeItems<T>(file: ItemFile<T>, { text, document }: ParsedFile): ReadItems<T> {
  const { list, member, title, value, idOf } = file;
  assertReadable(file, document);
  const { [list]: parsed, ...head } = Object(document) as Readonly<Record<string, unknown>>;
  const isObject = typeof document === 'object' && document !== null && !Array.isArray(document);
  // Without the list, which zod would copy.
  const read = envelope.safeParse(isObject ? head : document);
  const reason = read.success ? `${list} is not a list` : (z.prettifyError(read.error).split('\n')[0] ?? '');
  if (!read.success || !Array.isArray(parsed)) throw new StoreError('corrupt', `not ${title}: ${reason}`);
  const { changes, version, integrity: given } = read.data;
  const digest = digestOf(list, changes, parsed) === given.digest ? 'valid' : 'mismatch';
  const own = z.looseObject({ ...ITEM, [member]: value });
  const [records, texts] = [new Map(), new Map()] as [Map<string, never>, Map<string, never>];
  const unsupported: string[] = [];
  // Undefined: all items have the bytes that this version writes, as in every file that no other program changed.
  const foreign = isOwnText(text, list, parsed) ? undefined : (jsonItems(text, list) ?? []);
  for (const [i, item] of (parsed as readonly Readonly<Record<string, unknown>>[]).entries()) {
    const itemAsText = foreign === undefined ? undefined : foreign[i];
    if (!own.safeParse(item).success) {
      unsupported.push(itemAsText ?? itemText(item));
      continue;
    }
    const { revision, writtenAt, op } = item;
    const id = idOf(item[member] as T);
    if (records.has(id)) throw new StoreError('corrupt', `${toPrintableAscii(id)} is listed twice`);
    records.set(id, { value: item[member], revision, writtenAt, op } as never);
    if (itemAsText !== undefined && itemText(item) !== itemAsText)
      texts.set(id, { revision, text: itemAsText } as never);
  }
  const others = Object.fromEntries(Object.entries(read.data).filter(([name]) => !OWN_MEMBERS.includes(name)));
  return { state: { changes, records, unsupported, texts, others }, version, digest };
}

/** Returns true if the text ends with the list as `encodeItems` writes it. Compares item by item, without a second text. */
function isOwnText(text: string, list: string, items: readonly unknown[]): boolean {
  const start = `\n  ${JSON.stringify(list)}: [\n    `;
  let at = text.indexOf(start);
  if (at === -1) return false;
  at += start.length;
  for (const [i, item] of items.entries()) {
    const expected = i === 0 ? itemText(item) : `,\n    ${itemText(item)}`;
    if (!text.startsWith(expected, at)) return false;
    at += expected.length;
  }
  return text.startsWith('\n  ]\n}\n', at) && at + 7 === text.length;
}

/** Parses JSON. @throws StoreError `corrupt`. */
export function parseJson(bytes: Uint8Array): ParsedFile {
  try {
    const text = decoder.decode(bytes);
    return { text, document: JSON.parse(text) as unknown };
  } catch (error) {
    throw new StoreError('corrupt', 'not JSON', { cause: error });
  }
}

/** @throws StoreError `invalid` with both versions when a later version of the program wrote the file. */
function assertReadable({ version: own, title }: ItemFile<never>, document: unknown): void {
  const { version, writer } = Object(document) as { readonly version?: unknown; readonly writer?: unknown };
  if (typeof version !== 'number' || !Number.isInteger(version) || version <= own) return;
  const by = typeof writer === 'string' ? toPrintableAscii(writer, 40) : 'of a later version';
  throw new StoreError(
    'invalid',
    `${title} written by clarityd ${by} (format ${String(version)}); this is ${VERSION} (format ${String(own)})`,
  );
}

const itemText = (item: unknown): string => JSON.stringify(item, null, 2).replaceAll('\n', '\n    ');

/** Returns the digest of an edited or written file: it covers the number of changes and the items. */
const digestOf = (list: string, changes: number, items: unknown): string =>
  sha256Hex(JSON.stringify({ changes, [list]: items }));
