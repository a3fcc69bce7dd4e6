import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import {
  LEGACY_REVISIONS,
  type Caller,
  type Capabilities,
  type McpReply,
  type McpRequest,
} from '@clarity-runtime/core';
import { toPrintableAscii } from '@clarity-runtime/core/internal';
import { clientOf, isObject } from './protocol-classification.ts';

/** What a client settled on in its handshake. */
export interface SessionFacts {
  readonly revision: string;
  readonly capabilities: Capabilities;
  readonly client?: NonNullable<Caller['client']>;
}

/** Whose session it is, and of which endpoint. */
export interface SessionOwner {
  readonly caller: Caller;
  readonly service?: string;
}

const FORM = 1;
const REVISION_BYTES = 10;
const OWNER_BYTES = 8;
const RANDOM_BYTES = 16;
const MAC_BYTES = 16;
const MAX_ID_LENGTH = 256;
const MAX_NAME_LENGTH = 48;
const MAX_VERSION_LENGTH = 24;

/** What of a client's capabilities the runtime acts on; the position is the bit. Only ever appended to. */
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

/**
 * Session ids that say what was settled on and are signed: whoever has the key can rebuild the session, nobody else can make
 * one up. An id holds for its owner and endpoint only.
 */
export class SessionIds {
  readonly #key: Uint8Array;

  constructor(key: Uint8Array) {
    this.#key = key;
  }

  mint({ revision, capabilities, client }: SessionFacts, owner: SessionOwner): string {
    const payload = Buffer.concat([
      Buffer.of(FORM, flagsOf(capabilities)),
      Buffer.from(revision.padEnd(REVISION_BYTES).slice(0, REVISION_BYTES), 'latin1'),
      short(client?.name ?? '', MAX_NAME_LENGTH),
      short(client?.version ?? '', MAX_VERSION_LENGTH),
      digestOf(owner),
      randomBytes(RANDOM_BYTES),
    ]);
    return Buffer.concat([payload, this.#mac(payload)]).toString('base64url');
  }

  /** Undefined when it is not one of ours, or not this owner's. */
  read(id: string, owner: SessionOwner): SessionFacts | undefined {
    if (id.length > MAX_ID_LENGTH || !/^[\w-]+$/.test(id)) return undefined;
    const bytes = Buffer.from(id, 'base64url');
    // Two spellings of the same bytes would be two sessions.
    if (bytes.toString('base64url') !== id || bytes.length < MAC_BYTES) return undefined;
    const payload = bytes.subarray(0, -MAC_BYTES);
    if (!timingSafeEqual(bytes.subarray(-MAC_BYTES), this.#mac(payload)) || payload[0] !== FORM) return undefined;
    const revision = payload.toString('latin1', 2, 2 + REVISION_BYTES);
    const name = shortAt(payload, 2 + REVISION_BYTES);
    const version = shortAt(payload, name.end);
    if (!payload.subarray(version.end, version.end + OWNER_BYTES).equals(digestOf(owner))) return undefined;
    if (!LEGACY_REVISIONS.some((known) => known === revision)) return undefined;
    const client = name.text === '' ? {} : { client: { name: name.text, version: version.text } };
    return { revision, capabilities: capabilitiesOf(payload[1] ?? 0), ...client };
  }

  #mac(payload: Uint8Array): Buffer {
    return createHmac('sha256', this.#key).update(payload).digest().subarray(0, MAC_BYTES);
  }
}

const digestOf = ({ caller, service }: SessionOwner): Buffer =>
  createHash('sha256')
    .update(JSON.stringify([caller.tenant, caller.kind, caller.id, service ?? null]))
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

function capabilitiesOf(flags: number): Capabilities {
  const found: Record<string, Record<string, unknown>> = {};
  for (const [bit, [name, inner]] of CAPABILITIES.entries()) {
    if ((flags & (1 << bit)) === 0) continue;
    found[name] ??= {};
    if (inner !== undefined) found[name][inner] = inner === 'listChanged' ? true : {};
  }
  return found;
}

/** Printable text with its length before it. */
function short(text: string, longest: number): Buffer {
  const bytes = Buffer.from(text.slice(0, longest), 'latin1');
  return Buffer.concat([Buffer.of(bytes.length), bytes]);
}

function shortAt(bytes: Buffer, at: number): { readonly text: string; readonly end: number } {
  const end = at + 1 + (bytes[at] ?? 0);
  return { text: bytes.toString('latin1', at + 1, end), end };
}

const NOTHING: Capabilities = {};

/** What a session is to be about after that handshake; undefined when it was refused. */
export function acceptHandshake({ params }: McpRequest, reply: McpReply): SessionFacts | undefined {
  if ('error' in reply) return undefined;
  const { protocolVersion } = reply.result.value as { readonly protocolVersion?: unknown };
  if (typeof protocolVersion !== 'string') return undefined;
  const given = params.get('capabilities')?.value;
  const client = clientOf(params.get('clientInfo')?.value);
  return {
    revision: toPrintableAscii(protocolVersion),
    capabilities: isObject(given) ? given : NOTHING,
    ...(client === undefined ? {} : { client }),
  };
}
