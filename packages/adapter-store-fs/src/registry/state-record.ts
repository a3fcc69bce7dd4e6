import type { AuditEventDraft } from '@clarity-runtime/core';
import { sha256Hex } from '@clarity-runtime/core/internal';
import type { RecordEntry } from '@clarity-runtime/core/registry';
import type { WorkspaceSeal } from '../trust/workspace-seal.ts';

/** The kinds of records of a workspace. */
export const STATE_KINDS = ['services', 'policies', 'tokens', 'profiles', 'approvals', 'logins'] as const;
export type StateKind = (typeof STATE_KINDS)[number];

/** First line of a state journal: the number of changes per kind before its first record; absent for a kind without any. */
export interface StateHeader extends Readonly<Partial<Record<StateKind, number>>> {
  readonly state: 1;
  readonly alg: 'sha256' | 'hmac-sha256';
  readonly keyId?: string;
}

/** A change with its event, or an event of an earlier change that the telemetry does not have yet. */
export type StateRecord =
  ({ readonly kind: StateKind } & RecordEntry<unknown>) | { readonly op: string; readonly event: AuditEventDraft };

/** Makes and checks the tags of the lines, `<sha-256>` or `<sha-256>.<mac>`. Each tag covers the tag before it, so that no line can be left out or moved. */
export class StateChain {
  readonly alg: StateHeader['alg'];
  readonly keyId: string | undefined;
  readonly #seal: WorkspaceSeal | undefined;

  constructor(seal: WorkspaceSeal | undefined) {
    this.#seal = seal;
    this.alg = seal === undefined ? 'sha256' : 'hmac-sha256';
    this.keyId = seal?.keyId;
  }

  tag(before: string, json: string): string {
    const text = `${before} ${json}`;
    const digest = sha256Hex(text);
    return this.#seal === undefined ? digest : `${digest}.${this.#seal.mac('state', Buffer.from(text))}`;
  }

  /** Returns true if the line is undamaged and follows `before`, also if another user wrote it. */
  follows(before: string, json: string, tag: string): boolean {
    const digest = sha256Hex(`${before} ${json}`);
    return tag === digest || tag.startsWith(`${digest}.`);
  }

  /** Returns true if a key of this user made the tag. */
  isSealed(before: string, json: string, tag: string): boolean {
    const mac = tag.slice(tag.indexOf('.') + 1);
    return this.#seal?.verify('state', Buffer.from(`${before} ${json}`), mac) === true;
  }
}

/** The lines of a journal after a verified one. */
export interface StateLines {
  readonly text: string;
  readonly lastTag: string;
}

/** Returns lines `<tag> <json>\n` that follow the line with the tag `before`. */
export function encodeState(
  chain: StateChain,
  before: string,
  records: readonly (StateHeader | StateRecord)[],
): StateLines {
  let [text, lastTag] = ['', before];
  for (const record of records) {
    const json = JSON.stringify(record);
    lastTag = chain.tag(lastTag, json);
    text += `${lastTag} ${json}\n`;
  }
  return { text, lastTag };
}

/** Content of a state journal. */
export interface ReadState {
  readonly header: StateHeader;
  readonly records: readonly StateRecord[];
  /** Every line has a mac of the seal. */
  readonly isSealed: boolean;
  /** A complete line of a copy does not verify, or a copy is missing. */
  readonly isDamaged: boolean;
}

/**
 * Reads the two copies of a journal: each line comes from a copy in which it verifies, and the first line that verifies in
 * neither ends the journal. Returns undefined without a header that verifies.
 */
export function decodeState(chain: StateChain, copies: readonly (Uint8Array | undefined)[]): ReadState | undefined {
  const texts = copies.map((bytes) => (bytes === undefined ? undefined : linesOf(bytes)));
  const headers = texts.map((lines) => headerOf(chain, lines?.[0]));
  const [newest] = headers.filter((header) => header !== undefined).sort((a, b) => b.total - a.total);
  if (newest === undefined) return undefined;
  const members = texts.filter((_, i) => headers[i] === undefined || headers[i].tag === newest.tag);
  const records: StateRecord[] = [];
  let tag = newest.tag;
  let isSealed = chain.isSealed('', JSON.stringify(newest.header), newest.tag);
  let isDamaged = headers.some((header) => header?.tag !== newest.tag);
  for (let i = 1; ; i += 1) {
    const lines = members.map((member) => member?.[i]);
    const valid = lines.map((line) => (line === undefined ? undefined : verified(chain, tag, line)));
    isDamaged ||= lines.some((line, at) => line !== undefined && valid[at] === undefined);
    const found = valid.find((line) => line !== undefined);
    if (found === undefined) break;
    isSealed &&= chain.isSealed(tag, found.json, found.tag);
    records.push(JSON.parse(found.json) as StateRecord);
    tag = found.tag;
  }
  return { header: newest.header, records, isSealed, isDamaged };
}

interface Line {
  readonly tag: string;
  readonly json: string;
}

/** Returns the complete lines; an incomplete last line was never acknowledged. */
function linesOf(bytes: Uint8Array): readonly string[] {
  const lines = Buffer.from(bytes).toString('utf8').split('\n');
  lines.pop();
  return lines;
}

function verified(chain: StateChain, before: string, line: string): Line | undefined {
  const space = line.indexOf(' ');
  const [tag, json] = [line.slice(0, space), line.slice(space + 1)];
  return space > 0 && chain.follows(before, json, tag) ? { tag, json } : undefined;
}

function headerOf(chain: StateChain, line: string | undefined) {
  const found = line === undefined ? undefined : verified(chain, '', line);
  if (found === undefined) return undefined;
  const header = JSON.parse(found.json) as StateHeader;
  return { header, tag: found.tag, total: STATE_KINDS.reduce((sum, kind) => sum + (header[kind] ?? 0), 0) };
}
