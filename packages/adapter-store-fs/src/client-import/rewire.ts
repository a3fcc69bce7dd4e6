import type { GatewayEntry } from '@clarity-runtime/core/ports';
import type { FoundPlace } from '@clarity-runtime/core/internal';
import { editorOf } from '../client-config/config-editor.ts';
import { ConfigProblem } from '../client-config/config-text.ts';
import { CLIENT_TABLE } from '../client-config/client-table.ts';
import { readClientFile, replaceClientFile, type FileSnapshot } from '../client-config/client-file.ts';
import { isOurs } from '../client-config/gateway-entry.ts';
import { SERVER_NAME } from '../client-config/fs-client-config.ts';
import { nodeFiles, type FileOperations } from '../files/file-operations.ts';
import { sha256Hex } from '@clarity-runtime/core/internal';

/** Entries of one container of a file that the gateway replaces. */
export interface RewireTarget extends Omit<FoundPlace, 'name'> {
  readonly names: readonly string[];
}

/** A file that was changed. Digests are SHA-256 in hex. */
export interface RewiredFile extends RewireTarget {
  readonly digest: string;
  /** The gateway had no entry before. */
  readonly added: boolean;
}

/** Called with the original bytes before a file changes. */
export type KeepOriginal = (target: RewireTarget, original: Uint8Array, mode: number) => Promise<void>;

const rowOf = (client: string) => CLIENT_TABLE.find((row) => row.client === client);

/**
 * Replaces entries of a file by one entry of the gateway. All other bytes stay.
 * @throws ConfigProblem when the file cannot be edited safely; it stays unchanged.
 */
export async function rewireFile(
  target: RewireTarget,
  gateway: GatewayEntry,
  keep: KeepOriginal,
  files: FileOperations = nodeFiles,
): Promise<RewiredFile> {
  const was = await ownSnapshot(target.path);
  const { text, added } = rewiredText(was.text, target, gateway);
  await keep(target, was.bytes ?? new Uint8Array(), was.mode);
  if (!(await replaceClientFile(files, was, text))) throw new ConfigProblem('the file changed meanwhile; try again');
  return { ...target, digest: digestOf(was.bom + text), added };
}

/** Returns the text with the gateway in place of the named entries. */
export function rewiredText(
  text: string,
  { client, container, names }: Pick<RewireTarget, 'client' | 'container' | 'names'>,
  gateway: GatewayEntry,
): { readonly text: string; readonly added: boolean } {
  const row = rowOf(client);
  const shaped = row?.shape?.(gateway);
  const own = row && editorOf({ format: row.format, container }, SERVER_NAME);
  if (row === undefined || shaped === undefined || own === undefined) {
    throw new ConfigProblem('the entries of this file are changed by hand');
  }
  let edited = text;
  for (const name of names) edited = editorOf({ format: row.format, container }, name)?.remove(edited) ?? edited;
  const there = own.entry(edited);
  if (there !== undefined && !isOurs(there)) throw new ConfigProblem(`'${SERVER_NAME}' is another server in this file`);
  return there === undefined
    ? { text: own.put(edited, { set: shaped, drop: [] }), added: true }
    : { text: edited, added: false };
}

/** Outcome of an undo: all bytes are the original ones, or the entries were put back into a file that changed since. */
export type RestoredFile = 'restored' | 'merged' | 'unchanged';

/**
 * Restores a file. Without a change since the import it gets its original bytes; otherwise the entry of the gateway is removed
 * and the old entries are added. @throws ConfigProblem when the file cannot be edited safely.
 */
export async function restoreFile(
  { path, client, container, names, digest, added }: RewiredFile,
  original: Uint8Array,
  files: FileOperations = nodeFiles,
): Promise<RestoredFile> {
  const now = await ownSnapshot(path);
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const before = decoder.decode(original);
  if (now.bytes !== undefined && sha256Hex(now.bytes) === sha256Hex(original)) return 'unchanged';
  const bom = before.startsWith('\ufeff') ? '\ufeff' : '';
  const old = before.slice(bom.length);
  if (now.bytes !== undefined && sha256Hex(now.bytes) === digest) {
    const wasHere = { ...now, bom };
    if (!(await replaceClientFile(files, wasHere, old)))
      throw new ConfigProblem('the file changed meanwhile; try again');
    return 'restored';
  }
  const row = rowOf(client);
  const own = row && editorOf({ format: row.format, container }, SERVER_NAME);
  if (row === undefined || own === undefined) throw new ConfigProblem('the file changed since, restore it by hand');
  const there = own.entry(now.text);
  let edited = added && there !== undefined && isOurs(there) ? own.remove(now.text) : now.text;
  for (const name of names) {
    const editor = editorOf({ format: row.format, container }, name);
    const entry = editor?.entry(old);
    if (editor === undefined || entry === undefined || editor.entry(edited) !== undefined) continue;
    edited = editor.put(edited, { set: entry as never, drop: [] });
  }
  if (!(await replaceClientFile(files, now, edited))) throw new ConfigProblem('the file changed meanwhile; try again');
  return 'merged';
}

/** Reads a file that must not be a link. */
async function ownSnapshot(path: string): Promise<FileSnapshot> {
  const snapshot = await readClientFile(path);
  if (snapshot.target !== path) throw new ConfigProblem('the path is a link, which is not followed');
  return snapshot;
}

const digestOf = (text: string): string => sha256Hex(new TextEncoder().encode(text));
