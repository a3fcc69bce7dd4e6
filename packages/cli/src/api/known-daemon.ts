import { randomBytes, timingSafeEqual } from 'node:crypto';
import { join } from 'node:path';
import { ownFiles, runtimeFolder } from '@clarity-runtime/adapter-store-fs';
import { z } from 'zod';
import { daemonProof, portOf } from './daemon-proof.ts';
import { CliError } from '../support/cli-error.ts';
import { exchange } from './exchange.ts';
import { isLoopback } from './loopback.ts';

const lock = z.object({ instance: z.string().min(16), url: z.url() });
const health = z.object({ proof: z.string().regex(/^[0-9a-f]{64}$/) });

/**
 * Verifies the daemon if the lock file of the workspace names it: another user of this machine may listen on its port.
 * Rejects before a secret is sent.
 */
export async function assertKnownDaemon(daemonUrl: URL, workspace: string): Promise<void> {
  const known = await identityAt(daemonUrl, workspace);
  if (known === undefined) return;
  const challenge = randomBytes(16).toString('hex');
  const url = new URL(`${daemonUrl.href.replace(/\/$/, '')}/healthz?challenge=${challenge}`);
  const { text } = await exchange(url, { method: 'GET' });
  if (isEqual(proofIn(text), daemonProof(known, challenge))) return;
  throw new CliError(`the server at ${daemonUrl.origin} is not the clarityd of this folder; the token was not sent`, {
    hint: `check which process listens there; if it is your daemon, run the command in its workspace or outside ${workspace}`,
  });
}

async function identityAt(daemonUrl: URL, workspace: string) {
  if (!isLoopback(daemonUrl)) return undefined;
  const path = join(runtimeFolder(workspace), 'daemon.lock');
  // A lock that this user did not write names no daemon of this user.
  const text = await ownFiles(workspace)
    .read(path)
    .then((bytes) => Buffer.from(bytes).toString())
    .catch(() => '');
  const read = lock.safeParse(parseJson(text));
  if (!read.success) return undefined;
  const port = portOf(new URL(read.data.url));
  return port === portOf(daemonUrl) ? { instance: read.data.instance, port } : undefined;
}

const proofIn = (text: string): string => health.safeParse(parseJson(text)).data?.proof ?? '';

const isEqual = (actual: string, expected: string): boolean =>
  actual.length === expected.length && timingSafeEqual(Buffer.from(actual), Buffer.from(expected));

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
