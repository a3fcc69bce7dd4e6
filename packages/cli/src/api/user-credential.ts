import { randomBytes } from 'node:crypto';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { openUserKey, trustFolders } from '@clarity-runtime/adapter-store-fs';
import { z } from 'zod';
import type { Environment } from '../support/process-context.ts';
import { cliCredential } from './cli-credential.ts';
import { portOf } from './daemon-proof.ts';
import { exchange } from './exchange.ts';
import { isLoopback } from './loopback.ts';

const health = z.object({ instance: z.string().min(1).max(100) });

/**
 * Returns a credential of this user for a daemon of this machine; undefined without a key of the user, and for a server that is
 * not such a daemon. Creates no key: the daemon does.
 */
export async function userCredential(daemonUrl: URL, env: Environment): Promise<string | undefined> {
  if (!isLoopback(daemonUrl)) return undefined;
  const folder = trustFolders({ environment: env }).key;
  const keyFile = env['CLARITY_KEY_FILE'];
  const exists = await access(keyFile ?? join(folder, 'user.key')).then(
    () => true,
    () => false,
  );
  if (!exists) return undefined;
  const challenge = randomBytes(16).toString('hex');
  const url = new URL(`${daemonUrl.href.replace(/\/$/, '')}/healthz?challenge=${challenge}`);
  const { text } = await exchange(url, { method: 'GET' });
  const read = health.safeParse(parsed(text));
  if (!read.success) return undefined;
  const key = await openUserKey({ folder, keyFile });
  return cliCredential(key, { instance: read.data.instance, port: portOf(daemonUrl) });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
