import { restoreFile, type ImportJournal, type OpenImport, type RestoredFile } from '@clarity-runtime/adapter-store-fs';
import { CliError } from '../support/cli-error.ts';
import { messageOf } from '../support/error-text.ts';
import type { ImportTarget } from './import-target.ts';

/** Outcome of one part of an undo. */
export interface UndoStep {
  readonly what: 'file' | 'service' | 'secret' | 'token';
  readonly name: string;
  readonly result: RestoredFile | 'removed' | 'kept' | 'failed';
  readonly reason?: string;
}

/** Returns an import of the journal, the newest one without an id. */
export async function recordedImport(journal: ImportJournal, id: string | undefined): Promise<OpenImport> {
  const [newest] = id === undefined ? await journal.list() : [];
  const found = await journal.open(id ?? newest?.id ?? '');
  if (found !== undefined) return found;
  if (id === undefined) throw new CliError('nothing was imported: there is nothing to undo');
  throw new CliError(`the import '${id}' does not exist`, { hint: '`clarityctl import list` has the ids' });
}

/** Restores the files of the clients of an import, in reverse order. Its services and secrets stay. */
export async function restoreClients(opened: OpenImport): Promise<readonly UndoStep[]> {
  const steps: UndoStep[] = [];
  for (const file of [...opened.record.files].reverse()) {
    const { path: name } = file;
    steps.push(
      await restored(opened, file).then(
        (outcome) => ({ what: 'file' as const, name, ...outcome }),
        (error: unknown) => ({ what: 'file' as const, name, result: 'failed' as const, reason: messageOf(error) }),
      ),
    );
  }
  return steps;
}

async function restored(
  opened: OpenImport,
  file: OpenImport['record']['files'][number],
): Promise<Pick<UndoStep, 'result'>> {
  const rewired = { ...file, digest: file.digest ?? '', added: file.added ?? true };
  return { result: await restoreFile(rewired, await opened.originalOf(file)) };
}

/**
 * Undoes an import: restores the files of the clients, in reverse order, then removes the services that did not change since,
 * their secrets, and the tokens that were created for clients without another entry. Deletes the record if every step succeeded.
 * `hasEntry` returns whether a configuration of a client has an entry of the gateway.
 */
export async function undoImport(
  target: ImportTarget,
  journal: ImportJournal,
  opened: OpenImport,
  hasEntry: (client: string) => Promise<boolean>,
): Promise<readonly UndoStep[]> {
  const { files, services, secrets, tokens, id } = opened.record;
  const steps: UndoStep[] = [];
  const attempt = async (
    what: UndoStep['what'],
    name: string,
    work: () => Promise<Omit<UndoStep, 'what' | 'name'>>,
  ) => {
    try {
      steps.push({ what, name, ...(await work()) });
    } catch (error) {
      steps.push({ what, name, result: 'failed', reason: messageOf(error) });
    }
  };
  for (const file of [...files].reverse()) await attempt('file', file.path, () => restored(opened, file));
  const failed = new Set(steps.flatMap(({ name, result }) => (result === 'failed' ? [name] : [])));
  const kept = new Set<string>();
  for (const { serviceId, namespace, digest } of services) {
    await attempt('service', namespace, async () => {
      const service = await target.find(serviceId);
      if (service === undefined) return { result: 'unchanged' };
      // Without a digest the import ended before it saw the registered service.
      if (digest !== '' && service.digest !== digest) {
        kept.add(namespace);
        return { result: 'kept', reason: 'it changed since the import' };
      }
      await target.remove(serviceId);
      return { result: 'removed' };
    });
  }
  for (const reference of secrets) {
    const [, namespace = ''] = /^file:import\/([^/]+)\//.exec(reference) ?? [];
    await attempt('secret', reference, async () => {
      if (kept.has(namespace)) return { result: 'kept', reason: `'${namespace}' uses it` };
      return { result: (await target.deleteSecret(reference)) ? 'removed' : 'unchanged' };
    });
  }
  const others = (await journal.list()).filter((other) => other.id !== id);
  for (const { client, name } of tokens) {
    await attempt('token', name, async () => {
      const isStuck = files.some((file) => file.client === client && failed.has(file.path));
      const isOfOther = others.some((other) => other.files.some((file) => file.client === client));
      if (isStuck || isOfOther || (await hasEntry(client)))
        return { result: 'kept', reason: `an entry of ${client} uses it` };
      return { result: (await target.dropToken(name)) ? 'removed' : 'unchanged' };
    });
  }
  if (steps.every(({ result }) => result !== 'failed')) await journal.forget(id);
  return steps;
}
