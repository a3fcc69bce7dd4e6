import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { Secret, type SealedText } from '@clarity-runtime/core';
import type { LoginSealer, SealContext } from '@clarity-runtime/core/ports';
import { keyIdOf } from './workspace-seal.ts';

const CIPHER = 'aes-256-gcm';
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const PURPOSE = 'clarity-runtime/logins/';

interface Ring {
  readonly id: string;
  readonly of: (tenant: string) => Uint8Array;
}

/**
 * Returns the encryption of tokens: AES-256-GCM with a random nonce of 96 bits. The key is derived with HKDF-SHA256 for each
 * tenant, and the record is authenticated, so that a text opens only in the record that it was sealed for. The first key seals;
 * every key opens. `ephemeral` is the reason why the keys are lost with this process.
 */
export function loginSealer(keys: readonly Uint8Array[], ephemeral?: string): LoginSealer {
  const rings = keys.map(ringOf);
  const [current] = rings;
  if (current === undefined) throw new RangeError('a sealer needs a key');
  return {
    ...(ephemeral === undefined ? {} : { ephemeral }),
    seal: (text, context) => {
      const iv = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv(CIPHER, current.of(context.tenant), iv).setAAD(recordOf(context));
      const body = Buffer.concat([cipher.update(text.reveal(), 'utf8'), cipher.final(), cipher.getAuthTag()]);
      return { kid: current.id, iv: iv.toString('base64url'), ct: body.toString('base64url') };
    },
    open: (sealed, context) => {
      const ring = rings.find(({ id }) => id === sealed.kid);
      return ring === undefined ? undefined : opened(ring, sealed, context);
    },
  };
}

function opened(ring: Ring, sealed: SealedText, context: SealContext): Secret | undefined {
  const [iv, body] = [Buffer.from(sealed.iv, 'base64url'), Buffer.from(sealed.ct, 'base64url')];
  if (iv.length !== NONCE_BYTES || body.length < TAG_BYTES) return undefined;
  const decipher = createDecipheriv(CIPHER, ring.of(context.tenant), iv, { authTagLength: TAG_BYTES });
  decipher.setAAD(recordOf(context)).setAuthTag(body.subarray(-TAG_BYTES));
  try {
    const text = Buffer.concat([decipher.update(body.subarray(0, -TAG_BYTES)), decipher.final()]);
    return new Secret(text.toString('utf8'));
  } catch {
    return undefined;
  }
}

const recordOf = ({ tenant, record }: SealContext): Uint8Array => Buffer.from(`1 ${tenant} ${record}`);

function ringOf(key: Uint8Array): Ring {
  const byTenant = new Map<string, Uint8Array>();
  return {
    id: keyIdOf(key),
    of: (tenant) => {
      const known = byTenant.get(tenant);
      if (known !== undefined) return known;
      const derived = new Uint8Array(hkdfSync('sha256', key, '', PURPOSE + tenant, KEY_BYTES));
      byTenant.set(tenant, derived);
      return derived;
    },
  };
}
