import { sha256Hex } from '../json/digest.ts';

const TOKEN = /^clr_([a-z0-9]{8})_[A-Za-z0-9_-]{43}([0-9A-Za-z]{6})$/;
const BASE36 = '0123456789abcdefghijklmnopqrstuvwxyz';
const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const BASE64URL = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const ID_LENGTH = 8;
const CHECK_LENGTH = 6;

/** Number of random bytes of a token: 8 for its id, 32 for its secret. */
export const TOKEN_BYTES = 40;

/** The start of every access token, by which secret scanners find one. */
export const TOKEN_PREFIX = 'clr_';

/** Returns a token `clr_<id>_<secret><check>` of `TOKEN_BYTES` random bytes, and its id, which can be given. */
export function formatToken(random: Uint8Array, given?: string): { readonly id: string; readonly text: string } {
  const id = given ?? Array.from(random.subarray(0, ID_LENGTH), (byte) => BASE36.charAt(byte % 36)).join('');
  const body = `${TOKEN_PREFIX}${id}_${base64url(random.subarray(ID_LENGTH, TOKEN_BYTES))}`;
  return { id, text: body + checkOf(body) };
}

/** Returns the id of a token whose check characters are right; undefined for any other text. Uses no store. */
export function tokenIdOf(text: string): string | undefined {
  const match = TOKEN.exec(text);
  if (match === null || checkOf(text.slice(0, -CHECK_LENGTH)) !== match[2]) return undefined;
  return match[1];
}

/** Returns the digest that is stored in place of a token. A token has 256 random bits, so it needs no slow hash. */
export const tokenDigest = (text: string): string => sha256Hex(text);

/** Compares two digests in a time that does not depend on their content. */
export function isSameDigest(a: string, b: string): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i += 1) difference |= a.charCodeAt(i) ^ b.charCodeAt(i);
  return difference === 0;
}

function base64url(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const [a = 0, b = 0, c = 0] = bytes.subarray(i, i + 3);
    const bits = (a << 16) | (b << 8) | c;
    const length = Math.min(4, Math.ceil(((bytes.length - i) * 4) / 3));
    for (let k = 0; k < length; k += 1) text += BASE64URL.charAt((bits >> (18 - 6 * k)) & 63);
  }
  return text;
}

/** Returns the CRC-32 (ISO 3309) of a text in base 62: it finds typing errors, and is not a secret. */
function checkOf(text: string): string {
  let crc = 0xffffffff;
  for (let i = 0; i < text.length; i += 1) {
    crc ^= text.charCodeAt(i) & 0xff;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  let rest = (crc ^ 0xffffffff) >>> 0;
  let check = '';
  for (let i = 0; i < CHECK_LENGTH; i += 1) {
    check = BASE62.charAt(rest % 62) + check;
    rest = Math.floor(rest / 62);
  }
  return check;
}
