import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';

/** Makes and checks the marks of one workspace. Each label has its own key. */
export interface WorkspaceSeal {
  /** Id of the key that `mac` uses: 16 hex digits. */
  readonly keyId: string;
  /** Returns the HMAC-SHA256 of the bytes in base64url. */
  mac(label: string, bytes: Uint8Array): string;
  /** Returns true if a key of the user made the mac for this label. Compares in constant time. */
  verify(label: string, bytes: Uint8Array, mac: string): boolean;
}

const KEY_BYTES = 32;
const PURPOSE = 'clarity-runtime/workspace/';

/**
 * Returns the seal of a workspace. The keys are derived with HKDF-SHA256 (RFC 5869): the salt is the workspace id, the
 * info is the label. The first key makes marks; every key checks them, so that keys can be rotated.
 */
export function workspaceSeal(keys: readonly Uint8Array[], workspaceId: string): WorkspaceSeal {
  const rings = keys.map((key) => new LabelKeys(key, workspaceId));
  const [current] = rings;
  if (current === undefined) throw new RangeError('a seal needs a key');
  return {
    keyId: keyIdOf(keys[0] ?? new Uint8Array()),
    mac: (label, bytes) => current.mac(label, bytes).toString('base64url'),
    verify: (label, bytes, mac) => {
      const given = Buffer.from(mac, 'base64url');
      // Another spelling of the same bytes is not the mac that was written.
      if (given.length !== KEY_BYTES || given.toString('base64url') !== mac) return false;
      return rings.some((ring) => timingSafeEqual(given, ring.mac(label, bytes)));
    },
  };
}

/** Returns the id of a user key: 16 hex digits that reveal nothing about the key. */
export const keyIdOf = (key: Uint8Array): string =>
  Buffer.from(hkdfSync('sha256', key, '', 'clarity-runtime/key-id', 8)).toString('hex');

/** A key for one purpose, and an id for that purpose: 16 hex digits that reveal nothing about either key. */
export interface DerivedKey {
  readonly id: string;
  readonly key: Uint8Array;
}

/** Derives one key for a purpose from each key, with HKDF-SHA256 (RFC 5869). */
export const derivedKeys = (keys: readonly Uint8Array[], purpose: string): readonly DerivedKey[] =>
  keys.map((key) => {
    const derive = (info: string, length: number): ArrayBuffer => hkdfSync('sha256', key, '', info, length);
    const label = `clarity-runtime/${purpose}`;
    return { id: Buffer.from(derive(`${label}/id`, 8)).toString('hex'), key: new Uint8Array(derive(label, KEY_BYTES)) };
  });

class LabelKeys {
  readonly #key: Uint8Array;
  readonly #salt: string;
  readonly #byLabel = new Map<string, Uint8Array>();

  constructor(key: Uint8Array, salt: string) {
    this.#key = key;
    this.#salt = salt;
  }

  mac(label: string, bytes: Uint8Array): Buffer {
    return createHmac('sha256', this.#of(label)).update(bytes).digest();
  }

  #of(label: string): Uint8Array {
    const known = this.#byLabel.get(label);
    if (known !== undefined) return known;
    const derived = new Uint8Array(hkdfSync('sha256', this.#key, this.#salt, PURPOSE + label, KEY_BYTES));
    this.#byLabel.set(label, derived);
    return derived;
  }
}
