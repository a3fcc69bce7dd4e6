import { join, resolve } from 'node:path';
import {
  hasMarkOf,
  markedSecretStore,
  openFsStore,
  openUserKey,
  trustFolders,
} from '@clarity-runtime/adapter-store-fs';
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
    const database = await openDatabase(migration, DATABASE.test(from) ? from : to, opened);
    return await (DATABASE.test(from) ? migrateStore(database, files, dryRun) : migrateStore(files, database, dryRun));
  } catch (error) {
    throw migrationError(error);
  } finally {
    for (const each of opened.reverse()) await each[Symbol.asyncDispose]();
  }
}

type FsStore = Awaited<ReturnType<typeof openFsStore>>;

/** Opens a workspace whose state the key file of the command has marked, or the key of this user. */
async function openFiles(
  { cwd, env, settings }: StoreMigration,
  folder: string,
  opened: AsyncDisposable[],
): Promise<MigratedStore> {
  const root = resolve(cwd, folder);
  const { trustStore, keyFile } = pathsOf(settings, cwd);
  const folders = trustFolders({ environment: env, trustStore });
  const keys = keyFile === undefined ? [undefined] : [keyFile, undefined];
  const marked = await Promise.all(
    keys.map(async (file) => hasMarkOf(await openUserKey({ folder: folders.key, keyFile: file }), root)),
  );
  // A new folder gets the marks of the key file.
  const key = keys[Math.max(0, marked.indexOf(true))];
  if (!marked.includes(false) || marked.includes(true)) {
    const workspace = await openFsStore({ root, trustFolders: folders, keyFile: key });
    opened.push(workspace);
    if (workspace.trust.state.trusted) return storeOf(root, workspace);
  }
  throw new CliError(`the state of ${root} is not trusted with the key of this user, or with the key file`, {
    hint: 'run the command as the user of its daemon, or run `clarityctl trust` in the folder',
    exitCode: ExitCode.failed,
  });
}

async function storeOf(root: string, workspace: FsStore): Promise<MigratedStore> {
  const { trust, secretIndex: index, registry, policies, accessTokens, profiles, approvals, logins } = workspace;
  const state = join(root, '.clarity');
  const secrets = { root: join(state, 'secrets'), copyRoot: join(state, 'secrets-copy'), index, trust };
  return {
    records: { registry, policies, accessTokens, profiles, approvals, logins },
    secretStore: await markedSecretStore(secrets),
    artifacts: workspace.artifacts,
    sealer: trust.key.sealer,
    events: () => eventsOf(workspace.telemetry),
  };
}

const pathsOf = (settings: StoreMigration['settings'], cwd: string) => {
  const pathOf = (given: string | undefined) => (given === undefined ? undefined : resolve(cwd, given));
  return { trustStore: pathOf(settings.trustStore.value), keyFile: pathOf(settings.keyFile.value) };
};

async function* eventsOf(telemetry: Telemetry): AsyncGenerator<readonly AuditEvent[]> {
  for (let after: string | undefined; ;) {
    const page = await telemetry.read('default', { limit: PAGE, ...(after === undefined ? {} : { after }) });
    yield page.events;
    if (page.atEnd) return;
    after = page.next;
  }
}

async function openDatabase(
  { cwd, env, settings }: StoreMigration,
  url: string,
  opened: AsyncDisposable[],
): Promise<MigratedStore> {
  const { trustStore, keyFile } = pathsOf(settings, cwd);
  if (keyFile === undefined)
    throw usageError('store migrate needs --key-file: the key that all daemons of the database have');
  const { sealer } = await openUserKey({ folder: trustFolders({ environment: env, trustStore }).key, keyFile });
  const loaded = await loadStorePackage();
  const store = await loaded.openPostgresStore({ address: await addressOf(loaded, url, settings), sealer });
  opened.push(store);
  const { registry, policies, accessTokens, profiles, approvals, logins, secretStore, artifacts, auditStore } = store;
  const records = { registry, policies, accessTokens, profiles, approvals, logins };
  return { records, secretStore, artifacts, sealer, append: (events) => auditStore.append('default', events) };
}
