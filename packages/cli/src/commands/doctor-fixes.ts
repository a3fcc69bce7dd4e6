import { chmod, lstat } from 'node:fs/promises';
import { assertOwn, runtimeFolder } from '@clarity-runtime/adapter-store-fs';
import type { CommandContext } from '../command-support/command-context.ts';
import { leftovers } from './doctor-processes.ts';

const OTHERS = 0o077;
const PRIVATE = 0o700;

/**
 * Repairs what needs no decision, and returns a sentence for each repair: ends processes of services whose daemon has ended, and
 * takes the rights of other users from the state. Files of clients, services and records are not changed.
 */
export async function fixSafely(session: CommandContext): Promise<readonly string[]> {
  return [...(await endLeftovers(session)), ...(await makePrivate(session))];
}

async function endLeftovers({ api, cwd }: CommandContext): Promise<readonly string[]> {
  const found = await api.services().catch(() => undefined);
  return (await leftovers(cwd, found)).flatMap(({ pid, serviceId }) => {
    try {
      process.kill(pid, 'SIGKILL');
      return [`ended process ${String(pid)} of ${serviceId}`];
    } catch {
      // It has ended by itself, or belongs to another user: the check reports it if it is still there.
      return [];
    }
  });
}

async function makePrivate({ cwd }: CommandContext): Promise<readonly string[]> {
  const folder = runtimeFolder(cwd);
  const found = await lstat(folder).catch(() => undefined);
  if (process.platform === 'win32' || found?.isDirectory() !== true || (found.mode & OTHERS) === 0) return [];
  // A link on the way would change another folder.
  const isOwn = await assertOwn(cwd, folder).then(
    () => true,
    () => false,
  );
  if (!isOwn) return [];
  await chmod(folder, PRIVATE);
  return [`made ${folder} private to its owner`];
}
