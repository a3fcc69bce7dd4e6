import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { Secret } from '@clarity-runtime/core';
import type { LoginSealer, SealContext } from '@clarity-runtime/core/ports';

/** A data key of 32 bytes that the key management of the application decrypted at the start. */
export interface DataKey {
  readonly id: string;
  readonly key: Uint8Array;
}

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Encrypts tokens with AES-256-GCM. `current` seals; `former` keys still open what they sealed. */
export function dataKeySealer(current: DataKey, former: readonly DataKey[] = []): LoginSealer {
  const keys = new Map([...former, current].map(({ id, key }) => [id, key]));
  return {
    seal: (text, context) => {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', current.key, nonce).setAAD(contextOf(context));
      const body = Buffer.concat([cipher.update(text.reveal(), 'utf8'), cipher.final(), cipher.getAuthTag()]);
      return { kid: current.id, iv: nonce.toString('base64url'), ct: body.toString('base64url') };
    },
    open: ({ kid, iv, ct }, context) => {
      const key = keys.get(kid);
      if (key === undefined) return undefined;
      const body = Buffer.from(ct, 'base64url');
      try {
        const options = { authTagLength: TAG_BYTES };
        const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(iv, 'base64url'), options);
        decipher.setAAD(contextOf(context)).setAuthTag(body.subarray(-TAG_BYTES));
        return new Secret(decipher.update(body.subarray(0, -TAG_BYTES), undefined, 'utf8') + decipher.final('utf8'));
      } catch {
        return undefined;
      }
    },
  };
}

/** A text that is moved to another record or tenant does not open. */
const contextOf = ({ tenant, record }: SealContext): Uint8Array => Buffer.from(JSON.stringify([tenant, record]));
