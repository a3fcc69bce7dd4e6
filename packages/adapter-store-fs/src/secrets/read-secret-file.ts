import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { assertSecretValue, ClarityError, isClarityError, Secret } from '@clarity-runtime/core';
import { codeOf } from '../files/store-failure.ts';

/** More than a secret has, so that one which is too long is seen to be. */
const MAX_READ = 64 * 1024;
const decoder = new TextDecoder('utf-8', { fatal: true });

const refused = (why: string): ClarityError => new ClarityError('SECRET_INVALID', why);

/** The secret in a regular file, without the blanks around it; undefined when there is no file. No link is followed. */
export async function readSecretFile(path: string): Promise<Secret | undefined> {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
  try {
    // Without O_NONBLOCK a pipe would be waited for.
    const handle = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    try {
      const stats = await handle.stat();
      if (!stats.isFile()) throw refused('what is stored there is no file');
      if (stats.size > MAX_READ) throw refused('what is stored there is too long');
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(MAX_READ), 0, MAX_READ, 0);
      return secretOf(buffer.subarray(0, bytesRead));
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return undefined;
    if (codeOf(error) === 'ELOOP' || codeOf(error) === 'EMLINK') throw refused('what is stored there is a link');
    throw error;
  }
}

function secretOf(bytes: Uint8Array): Secret {
  let text: string;
  try {
    text = decoder.decode(bytes);
  } catch {
    throw refused('what is stored there is no text');
  }
  const secret = new Secret(text.trim());
  try {
    assertSecretValue(secret);
  } catch (error) {
    throw isClarityError(error) ? refused('what is stored there cannot be sent') : error;
  }
  return secret;
}
