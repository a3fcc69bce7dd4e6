import { join } from 'node:path';
import { systemClock } from '@clarity-runtime/core';
import { DEFAULT_TENANT } from '@clarity-runtime/core/internal';
import { MemoryLeases } from '@clarity-runtime/core/memory';
import type {
  AccessTokenStore,
  ProfileStore,
  ApprovalStore,
  ArtifactStore,
  Clock,
  InterfaceStore,
  Leases,
  LoginStore,
  PolicyRegistry,
  ServiceRegistry,
  Telemetry,
  TenantId,
} from '@clarity-runtime/core/ports';
import { nodeFiles, type FileOperations } from '../files/file-operations.ts';
import { ArtifactCollector } from '../artifacts/artifact-collector.ts';
import { fsArtifactStore } from '../artifacts/fs-artifact-store.ts';
import { fsInterfaceStore } from '../artifacts/fs-interface-store.ts';
import { openState } from '../registry/open-state.ts';
import { sealOf } from '../registry/state-store.ts';
import { DescriptorReserve } from '../files/descriptor-reserve.ts';
import { codeOf, storeFailure } from '../files/store-failure.ts';
import { fsTelemetry } from '../telemetry/fs-telemetry.ts';
import { countBoot, readBoot, type Boot } from './boot-counter.ts';
import type { EndedSessions } from './ended-sessions.ts';
import { openSessions } from './session-key.ts';
import { deliverTo, recordRecovery, recordUnsupported } from './store-audit.ts';
import { openStateTrust, type StateTrust } from '../trust/state-trust.ts';
import { trustFolders, type TrustFolders } from '../trust/trust-folders.ts';
import { retried, retryingFiles } from '../files/retrying-files.ts';
import { SecretIndex } from '../secrets/secret-index.ts';
import { makeOwnFolder, ownFiles } from '../files/own-files.ts';
import { acquireDaemonLock, type DaemonLock } from './daemon-lock.ts';
import type { ProcessTable } from './process-table.ts';
import { runtimeFolder } from '../files/runtime-folder.ts';
import { randomBytes } from 'node:crypto';

/** Options of `openFsStore`. */
export interface FsStoreOptions {
  /** Root folder of the workspace; the stores are in `<root>/.clarity/runtime`. */
  readonly root: string;
  /** The tenant that the workspace belongs to; `default` when absent. */
  readonly tenant?: TenantId;
  readonly files?: FileOperations;
  readonly clock?: Clock;
  readonly processes?: ProcessTable;
  /** Maximum total length of the stored events in characters of JSON; 4 Mi when absent. */
  readonly maxTelemetryBytes?: number;
  /** Folders of the user key and of the workspace records; those of the user when absent. */
  readonly trustFolders?: TrustFolders;
  /** File that replaces the user key. */
  readonly keyFile?: string | undefined;
}

/** All stores of a workspace, locked for this process. Disposing closes the stores first and the lock last. */
export interface FsStore extends AsyncDisposable {
  /** `<root>/.clarity/runtime`. */
  readonly folder: string;
  readonly boot: Boot;
  readonly lock: DaemonLock;
  /** Key that signs session ids; the same for all starts of the workspace. */
  readonly sessionKey: Uint8Array;
  /** Sessions that were ended by their clients. */
  readonly endedSessions: EndedSessions;
  readonly registry: ServiceRegistry;
  readonly policies: PolicyRegistry;
  readonly accessTokens: AccessTokenStore;
  readonly profiles: ProfileStore;
  readonly approvals: ApprovalStore;
  readonly logins: LoginStore;
  readonly telemetry: Telemetry;
  readonly artifacts: ArtifactStore;
  /** Last known interfaces of the services. */
  readonly interfaces: InterfaceStore;
  /** Digests of the secrets of the workspace, for `markedSecretStore`. */
  readonly secretIndex: SecretIndex;
  readonly leases: Leases;
  /** Whether this user has trusted the state. */
  readonly trust: StateTrust;
}

/**
 * Opens the stores of a workspace for this process. Restricts the modes of the files and removes temporary files.
 * @throws StoreError `conflict` when another process has the lock; `corrupt`, `forbidden`, `exhausted` or `unavailable`
 * when the files cannot be used.
 */
export async function openFsStore(options: FsStoreOptions): Promise<FsStore> {
  const { root, clock = systemClock, processes, tenant = DEFAULT_TENANT } = options;
  const folder = runtimeFolder(root);
  const opened: AsyncDisposable[] = [];
  let isOpening = true;
  const owned = <T extends AsyncDisposable>(part: T): T => {
    opened.push(part);
    return part;
  };
  const close = async (): Promise<void> => {
    for (const part of opened.splice(0).reverse()) await part[Symbol.asyncDispose]();
  };
  try {
    const reserved = owned(new DescriptorReserve()).files(options.files ?? nodeFiles);
    const stored = ownFiles(root, { files: reserved, isOpening: () => isOpening });
    // The telemetry has a retry schedule of its own.
    const files = retryingFiles(stored);
    await makeOwnFolder(root, folder, files);
    for (const path of [join(folder, '..'), folder]) await files.restrict(path, 0o700);
    const isNew = !(await listed(files, folder)).some((name) => STATE_FILE.test(name));
    const lockOptions = { folder, files, ...(processes === undefined ? {} : { processes }) };
    const lock = owned(await retried(() => acquireDaemonLock(lockOptions)));
    await sweepFolder(files, folder);
    await sweepFolder(files, join(folder, 'artifacts'));
    await sweepFolder(files, join(folder, 'interfaces'));
    await restrictFiles(files, folder);
    const last = await readBoot(files, folder);
    const trust = await openStateTrust({
      root,
      folder,
      files,
      folders: options.trustFolders ?? trustFolders({ environment: process.env }),
      keyFile: options.keyFile,
      workspaceId: last?.instance,
      newId: () => randomBytes(8).toString('hex'),
      idIn: async (other) => (await readBoot(nodeFiles, runtimeFolder(other)))?.instance,
      isNew,
    });
    const boot = await retried(() => countBoot(files, folder, { trust, last }));
    const now = (): number => clock.wall().getTime();
    const sessions = await retried(() => openSessions({ folder, files, trust, now }));
    owned(sessions.ended);
    const limit = options.maxTelemetryBytes === undefined ? {} : { maxEvents: options.maxTelemetryBytes };
    // Closed after the stores, so that the record has what they wrote last.
    owned({ [Symbol.asyncDispose]: () => trust.close() });
    const telemetry = owned(
      await retried(() =>
        fsTelemetry({ folder, tenant, files: stored, clock, origin: boot, outside: trust, ...limit }),
      ),
    );
    trust.watch(telemetry.chain);
    const audit = { tenant, telemetry };
    const state = owned(
      await openState({
        folder,
        tenant,
        files,
        now: () => clock.wall(),
        onRecovered: recordRecovery(audit, clock),
        onUnsupported: recordUnsupported(audit, clock),
        deliver: deliverTo(audit),
        trust,
      }),
    );
    const { services: registry, tokens: accessTokens, policies, profiles, approvals, logins } = state;
    const records = { registry, policies, accessTokens, profiles, approvals, logins };
    const secretIndex = await retried(() => SecretIndex.open({ folder, files, trust }));
    await trust.decide();
    const leases = owned(new MemoryLeases({ fence: boot.boot }));
    const artifacts = fsArtifactStore({ folder: join(folder, 'artifacts'), files, clock });
    owned(new ArtifactCollector({ folder, files, clock }));
    isOpening = false;
    return {
      folder,
      boot,
      lock,
      sessionKey: sessions.key,
      endedSessions: sessions.ended,
      ...records,
      telemetry,
      artifacts,
      interfaces: fsInterfaceStore({ folder: join(folder, 'interfaces'), files, seal: sealOf(trust) }),
      secretIndex,
      leases,
      trust,
      [Symbol.asyncDispose]: close,
    };
  } catch (error) {
    isOpening = false;
    await close();
    throw storeFailure(error, folder);
  }
}

/** Names of files that a workspace has after its first start. */
const STATE_FILE =
  /^(boot\.json|registry\.json|policies\.json|tokens\.json|profiles\.json|approvals\.json|logins\.json|secrets\.json|telemetry\.|session\.key|state\.wal)/;
/** Names of the files of a store; other files are left unchanged. */
const STORE_FILE =
  /^(registry\.json|policies\.json|tokens\.json|profiles\.json|approvals\.json|logins\.json|secrets\.json|children\.json|state\.wal\.jsonl|telemetry\.json|telemetry\.wal\.|daemon\.lock|boot\.json|session\.key|sessions\.jsonl|[a-f0-9]{64}\.)/;
const TEMPORARY_SUFFIX = /\.tmp-[\w-]+$/;
const CLAIM = /^daemon\.lock\.claim-[a-f0-9]{12}$/;

/** Removes temporary files and claims of interrupted writes of a store. */
async function sweepFolder(files: FileOperations, folder: string): Promise<void> {
  const names = await listed(files, folder);
  const left = names.filter((name) => STORE_FILE.test(name) && (TEMPORARY_SUFFIX.test(name) || CLAIM.test(name)));
  for (const name of left) await files.remove(join(folder, name));
}

/** Sets mode 0600 on all files of a store. */
async function restrictFiles(files: FileOperations, folder: string): Promise<void> {
  const names = await listed(files, folder);
  for (const name of names.filter((own) => STORE_FILE.test(own))) {
    await files.restrict(join(folder, name), 0o600).catch(ignoreMissing);
  }
}

async function listed(files: FileOperations, folder: string): Promise<readonly string[]> {
  try {
    return await files.list(folder);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
}

function ignoreMissing(error: unknown): void {
  if (codeOf(error) !== 'ENOENT') throw error;
}
