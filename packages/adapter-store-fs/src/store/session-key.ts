import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { StoreError } from '@clarity-runtime/core';
import { z } from 'zod';
import { writeAtomically } from '../files/atomic-file.ts';
import type { FileOperations } from '../files/file-operations.ts';
import { codeOf, storeFailure } from '../files/store-failure.ts';
import { readDigested, withDigest } from '../trust/state-marks.ts';
import { openEndedSessions, type EndedSessions } from './ended-sessions.ts';
import type { StateTrust } from '../trust/state-trust.ts';

const NAME = 'session.key';
const KEY_BYTES = 32;
const document = z.object({ version: z.literal(2), key: z.string().regex(/^[\w-]{43}$/) });

/** The key that signs session ids, and the sessions that were ended. */
export interface SessionState {
  readonly key: Uint8Array;
  readonly ended: EndedSessions;
}

/** Options of `openSessions`. */
export interface SessionStateOptions {
  readonly folder: string;
  readonly files: FileOperations;
  readonly trust: StateTrust;
  readonly now: () => number;
}

/**
 * Opens the session key and the ended sessions. A key without a valid mark of this user is replaced, so that a copied
 * workspace accepts no session of the original; so is a key whose ended sessions are missing or changed.
 * @throws StoreError when the files cannot be used.
 */
export async function openSessions({ folder, files, trust, now }: SessionStateOptions): Promise<SessionState> {
  const path = join(folder, NAME);
  try {
    const kept = await readKey(files, path, trust);
    const known =
      kept === undefined ? undefined : await openEndedSessions({ folder, files, key: kept, isNewKey: false, now });
    if (kept !== undefined && known !== undefined) return { key: kept, ended: known };
    const key = randomBytes(KEY_BYTES);
    // The journal comes first: an old key with a new journal is replaced, a new key with an old journal is not.
    const ended = await openEndedSessions({ folder, files, key, isNewKey: true, now });
    if (ended === undefined) throw new StoreError('corrupt', 'the ended sessions cannot be created');
    await trust.marks.save(NAME, withDigest({ version: 2, key: key.toString('base64url') }), (bytes) =>
      writeAtomically(files, { path, bytes }),
    );
    return { key, ended };
  } catch (error) {
    throw storeFailure(error, path);
  }
}

async function readKey(files: FileOperations, path: string, trust: StateTrust): Promise<Uint8Array | undefined> {
  const stored = await read(files, path);
  if (stored === undefined) return undefined;
  trust.judge(NAME, stored);
  const text = trust.isValid(NAME) ? document.safeParse(readDigested(stored)).data?.key : undefined;
  return text === undefined ? undefined : Buffer.from(text, 'base64url');
}

async function read(files: FileOperations, path: string): Promise<Uint8Array | undefined> {
  try {
    return await files.read(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}
