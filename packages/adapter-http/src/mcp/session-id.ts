import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { LEGACY_REVISIONS, type Caller, type Capabilities } from '@clarity-runtime/core';
import { principalKey } from '@clarity-runtime/core/internal';
import type { SessionFacts } from '@clarity-runtime/core/protocol';

/** The facts of an id, and when it was issued in milliseconds since 1970. */
export interface IssuedSession extends SessionFacts {
  readonly issuedAt: number;
}

/** The caller that owns a session, and the endpoint. */
export interface SessionOwner {
  readonly caller: Caller;
  readonly service?: string;
}

const FORM = 2;
const TIME_BYTES = 6;
/** Position of the flags of extensions: after the form, the flags of capabilities and the time of issue. */
const EXTENSIONS_AT = 2 + TIME_BYTES;
const REVISION_AT = EXTENSIONS_AT + 1;
const REVISION_BYTES = 10;
const OWNER_BYTES = 8;
const RANDOM_BYTES = 16;
const MAC_BYTES = 16;
const MAX_ID_LENGTH = 256;
const MAX_NAME_LENGTH = 48;
const MAX_VERSION_LENGTH = 24;

/** Capabilities of clients that the runtime uses. The position is the bit in the id: append only. */
const CAPABILITIES: readonly (readonly [string, string?])[] = [
  ['sampling'],
  ['sampling', 'tools'],
  ['sampling', 'context'],
  ['elicitation'],
  ['elicitation', 'form'],
  ['elicitation', 'url'],
  ['roots'],
  ['roots', 'listChanged'],
];

/** Extensions of clients that the runtime uses, with the value of a rebuilt session. Append only. */
const EXTENSIONS: readonly (readonly [string, object])[] = [
  ['io.modelcontextprotocol/ui', { mimeTypes: ['text/html;profile=mcp-app'] }],
];

/**
 * Session ids that contain the facts of the session and a signature. A process with the key can rebuild the session; an id
 * without a valid signature is rejected. An id is valid for its owner and endpoint only.
 */
export class SessionIds {
  readonly #key: Uint8Array;

  constructor(key: Uint8Array) {
    this.#key = key;
  }

  mint({ revision, capabilities, client }: SessionFacts, owner: SessionOwner, issuedAt = Date.now()): string {
    const time = Buffer.alloc(TIME_BYTES);
    time.writeUIntBE(issuedAt, 0, TIME_BYTES);
    const payload = Buffer.concat([
      Buffer.of(FORM, flagsOf(capabilities)),
      time,
      Buffer.of(extensionFlagsOf(capabilities)),
      Buffer.from(revision.padEnd(REVISION_BYTES).slice(0, REVISION_BYTES), 'latin1'),
      short(client?.name ?? '', MAX_NAME_LENGTH),
      short(client?.version ?? '', MAX_VERSION_LENGTH),
      digestOf(owner),
      randomBytes(RANDOM_BYTES),
    ]);
    return Buffer.concat([payload, this.#mac(payload)]).toString('base64url');
  }

  /** Returns the facts of a session; undefined if the id is not signed with the key or belongs to another owner. */
  read(id: string, owner: SessionOwner): IssuedSession | undefined {
    if (id.length > MAX_ID_LENGTH || !/^[\w-]+$/.test(id)) return undefined;
    const bytes = Buffer.from(id, 'base64url');
    // Base64 with other padding bits has the same bytes: it would be a second id of one session.
    if (bytes.toString('base64url') !== id || bytes.length < MAC_BYTES) return undefined;
    const payload = bytes.subarray(0, -MAC_BYTES);
    if (!timingSafeEqual(bytes.subarray(-MAC_BYTES), this.#mac(payload)) || payload[0] !== FORM) return undefined;
    const revision = payload.toString('latin1', REVISION_AT, REVISION_AT + REVISION_BYTES);
    const name = shortAt(payload, REVISION_AT + REVISION_BYTES);
    const version = shortAt(payload, name.end);
    if (!payload.subarray(version.end, version.end + OWNER_BYTES).equals(digestOf(owner))) return undefined;
    if (!LEGACY_REVISIONS.some((known) => known === revision)) return undefined;
    const client = name.text === '' ? {} : { client: { name: name.text, version: version.text } };
    const issuedAt = payload.readUIntBE(2, TIME_BYTES);
    const capabilities = capabilitiesOf(payload[1] ?? 0, payload[EXTENSIONS_AT] ?? 0);
    return { revision, capabilities, issuedAt, ...client };
  }

  #mac(payload: Uint8Array): Buffer {
    return createHmac('sha256', this.#key).update(payload).digest().subarray(0, MAC_BYTES);
  }
}

const ownerOf = ({ tenant, principal, credential }: Caller) => [tenant, principal, credential.id];

/**
 * Returns whether two owners have the same sessions. Hot path: the parts of a known caller are the same objects, so that an
 * open session is found without the digest and the signature of its id.
 */
export function isSameOwner(a: SessionOwner, b: SessionOwner): boolean {
  if (a.service !== b.service || a.caller.profile?.name !== b.caller.profile?.name) return false;
  const [one, other] = [a.caller, b.caller];
  return one.credential.id === other.credential.id && principalKey(one) === principalKey(other);
}

const digestOf = ({ caller, service }: SessionOwner): Buffer =>
  createHash('sha256')
    .update(
      JSON.stringify([
        ...ownerOf(caller),
        service ?? null,
        ...(caller.profile === undefined ? [] : [caller.profile.name]),
      ]),
    )
    .digest()
    .subarray(0, OWNER_BYTES);

function flagsOf(capabilities: Capabilities): number {
  return CAPABILITIES.reduce((flags, [name, inner], bit) => {
    const given = capabilities[name];
    const isObject = typeof given === 'object' && given !== null;
    const has = isObject && (inner === undefined || Boolean((given as Readonly<Record<string, unknown>>)[inner]));
    return has ? flags | (1 << bit) : flags;
  }, 0);
}

function extensionFlagsOf({ extensions }: Capabilities): number {
  const given = isObject(extensions) ? extensions : {};
  return EXTENSIONS.reduce((flags, [name], bit) => (isObject(given[name]) ? flags | (1 << bit) : flags), 0);
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function capabilitiesOf(flags: number, extensions: number): Capabilities {
  const found: Record<string, Record<string, unknown>> = {};
  for (const [bit, [name, inner]] of CAPABILITIES.entries()) {
    if ((flags & (1 << bit)) === 0) continue;
    found[name] ??= {};
    if (inner !== undefined) found[name][inner] = inner === 'listChanged' ? true : {};
  }
  const known = EXTENSIONS.filter((_extension, bit) => (extensions & (1 << bit)) !== 0);
  return known.length === 0 ? found : { ...found, extensions: Object.fromEntries(known) };
}

/** Returns the text with its length before it, cut to `maxLength`. */
function short(text: string, maxLength: number): Buffer {
  const bytes = Buffer.from(text.slice(0, maxLength), 'latin1');
  return Buffer.concat([Buffer.of(bytes.length), bytes]);
}

function shortAt(bytes: Buffer, at: number): { readonly text: string; readonly end: number } {
  const end = at + 1 + (bytes[at] ?? 0);
  return { text: bytes.toString('latin1', at + 1, end), end };
}
