import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { assertSecretValue, ClarityError, isClarityError, Secret } from '@clarity-runtime/core';
import { decodeText } from '@clarity-runtime/core/internal';
import { codeOf } from '../files/store-failure.ts';

/** Larger than the longest secret, so that a longer one is detected. */
const MAX_READ_BYTES = 64 * 1024;

const refused = (why: string): ClarityError => new ClarityError('SECRET_INVALID', why);

/**
 * Reads a secret from a regular file and trims white space. Returns undefined if the file does not exist. Follows no link.
 * @throws ClarityError SECRET_INVALID when the file is not regular, too long or not a valid secret.
 */
export async function readSecretFile(path: string): Promise<Secret | undefined> {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
  try {
    // O_NONBLOCK: opening a pipe without a writer would block.
    const handle = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    try {
      const stats = await handle.stat();
      if (!stats.isFile()) throw refused('the stored secret is not a regular file');
      if (stats.size > MAX_READ_BYTES)
        throw refused(`the stored secret is longer than ${String(MAX_READ_BYTES)} bytes`);
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(MAX_READ_BYTES), 0, MAX_READ_BYTES, 0);
      return secretOf(buffer.subarray(0, bytesRead));
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return undefined;
    if (codeOf(error) === 'ELOOP' || codeOf(error) === 'EMLINK') throw refused('the stored secret is a link');
    throw error;
  }
}

function secretOf(bytes: Uint8Array): Secret {
  let text: string;
  try {
    text = decodeText(bytes, true);
  } catch {
    throw refused('the stored secret is not text in UTF-8 or UTF-16');
  }
  const secret = new Secret(text.trim());
  try {
    assertSecretValue(secret);
  } catch (error) {
    throw isClarityError(error) ? refused('the stored secret cannot be sent in a header') : error;
  }
  return secret;
}
