import { join, resolve } from 'node:path';
import { markedSecretStore, openFsStore, trustFolders } from '@clarity-runtime/adapter-store-fs';
import type { AuditEvent } from '@clarity-runtime/core';
import type { Telemetry } from '@clarity-runtime/core/ports';
import {
  migrateStore,
  migrationError,
  type MigratedCounts,
  type MigratedStore,
} from '../composition/store-migration.ts';
import { addressOf, loadStorePackage } from '../composition/store-package.ts';
import type { ResolvedSettings } from '../settings/setting.ts';
import type { storeSettings } from '../settings/store-settings.ts';
import type { trustStoreSettings } from '../settings/trust-settings.ts';
import type { Environment } from '../support/process-context.ts';
import { CliError, ExitCode, usageError } from '../support/cli-error.ts';

/** Request of `store migrate`. */
export interface StoreMigration {
  /** Each a folder of a workspace, or the URL of a database. */
  readonly from: string;
  readonly to: string;
  readonly dryRun: boolean;
  readonly cwd: string;
  readonly env: Environment;
  readonly settings: ResolvedSettings<typeof storeSettings & typeof trustStoreSettings>;
}

const DATABASE = /^postgres(?:ql)?:\/\//;
const PAGE = 256;

/** Moves a workspace to a database, or back. No daemon may use either. @throws CliError */
export async function storeMigrate(migration: StoreMigration): Promise<MigratedCounts> {
  const { from, to, dryRun } = migration;
  if (DATABASE.test(from) === DATABASE.test(to))
    throw usageError('one of --from and --to is a folder, the other one postgres://…');
  const opened: AsyncDisposable[] = [];
  try {
    const files = await openFiles(migration, DATABASE.test(from) ? to : from, opened);
    const database = await openDatabase(migration, DATABASE.test(from) ? from : to, files.sealer, opened);
    return await (DATABASE.test(from)
      ? migrateStore(database, files.store, dryRun)
      : migrateStore(files.store, database, dryRun));
  } catch (error) {
    throw migrationError(error);
  } finally {
    for (const each of opened.reverse()) await each[Symbol.asyncDispose]();
  }
}

type FsStore = Awaited<ReturnType<typeof openFsStore>>;

async function openFiles(
  { cwd, env, settings }: StoreMigration,
  folder: string,
  opened: AsyncDisposable[],
): Promise<{ readonly store: MigratedStore; readonly sealer: FsStore['trust']['key']['sealer'] }> {
  const root = resolve(cwd, folder);
  const trustStore = settings.trustStore.value === undefined ? undefined : resolve(cwd, settings.trustStore.value);
  const keyFile = settings.keyFile.value === undefined ? undefined : resolve(cwd, settings.keyFile.value);
  const folders = trustFolders({ environment: env, trustStore });
  const workspace = await openFsStore({ root, trustFolders: folders, keyFile });
  opened.push(workspace);
  const { trust, secretIndex: index, registry, policies, accessTokens, profiles, approvals, logins } = workspace;
  if (!trust.state.trusted) {
    throw new CliError(`the state of ${root} is not trusted with this key`, {
      hint: 'write the key of its daemon as second line of the key file, or run `clarityctl trust` in the folder',
      exitCode: ExitCode.failed,
    });
  }
  const state = join(root, '.clarity');
  const secrets = { root: join(state, 'secrets'), copyRoot: join(state, 'secrets-copy'), index, trust };
  const records = { registry, policies, accessTokens, profiles, approvals, logins };
  const store = {
    records,
    secretStore: await markedSecretStore(secrets),
    artifacts: workspace.artifacts,
    events: () => eventsOf(workspace.telemetry),
  };
  return { store, sealer: trust.key.sealer };
}

async function* eventsOf(telemetry: Telemetry): AsyncGenerator<readonly AuditEvent[]> {
  for (let after: string | undefined; ;) {
    const page = await telemetry.read('default', { limit: PAGE, ...(after === undefined ? {} : { after }) });
    yield page.events;
    if (page.atEnd) return;
    after = page.next;
  }
}

async function openDatabase(
  { settings }: StoreMigration,
  url: string,
  sealer: FsStore['trust']['key']['sealer'],
  opened: AsyncDisposable[],
): Promise<MigratedStore> {
  if (settings.keyFile.value === undefined)
    throw usageError('store migrate needs --key-file: the key that all daemons of the database have');
  const loaded = await loadStorePackage();
  const store = await loaded.openPostgresStore({ address: await addressOf(loaded, url, settings), sealer });
  opened.push(store);
  const { registry, policies, accessTokens, profiles, approvals, logins, secretStore, artifacts, auditStore } = store;
  const records = { registry, policies, accessTokens, profiles, approvals, logins };
  return { records, secretStore, artifacts, append: (events) => auditStore.append('default', events) };
}
