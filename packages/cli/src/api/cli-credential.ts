import { createHash } from 'node:crypto';
import type { UserKey } from '@clarity-runtime/adapter-store-fs';

/** The daemon that a credential is for: another daemon, or another process on its port, cannot use it. */
export interface CredentialTarget {
  /** Id of the running daemon, new at each start. */
  readonly instance: string;
  readonly port: number;
}

/** Seconds for which a credential is valid, before and after its time. */
const VALID_SECONDS = 60;
const CREDENTIAL = /^clk_(\d{10})_([A-Za-z0-9_-]{43})$/;
const LABEL = 'cli';

/** Returns a credential `clk_<time>_<mac>`: it proves access to the key of the user, and contains nothing of it. */
export function cliCredential(key: UserKey, target: CredentialTarget, now: Date = new Date()): string {
  const seconds = String(Math.floor(now.getTime() / 1000));
  return `clk_${seconds}_${sealOf(key, target).mac(LABEL, content(target, seconds))}`;
}

/** Returns whether a text is a credential for this daemon that the user made within the last minute. */
export function isCliCredential(text: string, key: UserKey, target: CredentialTarget, now: Date = new Date()): boolean {
  const [, seconds, mac] = CREDENTIAL.exec(text) ?? [];
  // A key that ends with the daemon is not the key of the user.
  if (seconds === undefined || mac === undefined || key.ephemeral !== undefined) return false;
  if (Math.abs(now.getTime() / 1000 - Number(seconds)) > VALID_SECONDS) return false;
  return sealOf(key, target).verify(LABEL, content(target, seconds), mac);
}

/** The id of a seal is a file name in other places, so the id of the daemon is hashed. */
const sealOf = (key: UserKey, { instance }: CredentialTarget) =>
  key.seal(createHash('sha256').update(`cli ${instance}`).digest('hex'));

const content = ({ port }: CredentialTarget, seconds: string): Uint8Array =>
  Buffer.from(`clarityctl ${String(port)} ${seconds}`);
