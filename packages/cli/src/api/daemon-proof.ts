import { createHmac } from 'node:crypto';

/** What a daemon was started with that only its user can read. */
export interface DaemonIdentity {
  /** Out of the lock of its workspace. */
  readonly instance: string;
  /** Where it listens, so that its answer is worth nothing to who passes it on from another port. */
  readonly port: number;
}

/** The answer to a challenge, in hex. Whoever cannot read the lock cannot give it. */
export const daemonProof = ({ instance, port }: DaemonIdentity, challenge: string): string =>
  createHmac('sha256', instance)
    .update(`clarityd ${String(port)} ${challenge}`)
    .digest('hex');

/** The port of a URL, also where it is the usual one. */
export const portOf = ({ port, protocol }: URL): number =>
  port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port);
