import { Buffer } from 'node:buffer';
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { NetworkGrant } from '@clarity-runtime/core/ports';

/**
 * Writes grants that a guest can present and cannot change: the grant with a code of authentication under a key of this
 * process. Nothing is stored for a grant, so nothing has to be removed with its service.
 */
export class NetworkSeal {
  readonly #key = randomBytes(32);

  seal(grant: NetworkGrant): string {
    const text = Buffer.from(JSON.stringify(grant)).toString('base64url');
    return `${text}.${this.#codeOf(text).toString('base64url')}`;
  }

  /** Returns the grant of a text; undefined when this process did not write it. */
  open(sealed: string): NetworkGrant | undefined {
    const [text = '', code = ''] = sealed.split('.');
    const given = Buffer.from(code, 'base64url');
    const expected = this.#codeOf(text);
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
    return JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as NetworkGrant;
  }

  #codeOf(text: string): Buffer {
    return createHmac('sha256', this.#key).update(text).digest();
  }
}
