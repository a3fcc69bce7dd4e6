import { createHmac } from 'node:crypto';

/** Values of a daemon that only its user can read. */
export interface DaemonIdentity {
  /** The instance id in the lock file of the workspace. */
  readonly instance: string;
  /** The port of the daemon: a process on another port cannot reuse the proof. */
  readonly port: number;
}

/** Returns the proof for a challenge in hexadecimal. It requires access to the lock file. */
export const daemonProof = ({ instance, port }: DaemonIdentity, challenge: string): string =>
  createHmac('sha256', instance)
    .update(`clarityd ${String(port)} ${challenge}`)
    .digest('hex');

/** Returns the port of a URL, also if it is the default port. */
export const portOf = ({ port, protocol }: URL): number =>
  port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port);
