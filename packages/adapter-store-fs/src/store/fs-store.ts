import { join } from 'node:path';
import { systemClock } from '@clarity-runtime/core';
import { MemoryLeases } from '@clarity-runtime/core/memory';
import type {
  ArtifactStore,
  Clock,
  Leases,
  PolicyRegistry,
  ServiceRegistry,
  Telemetry,
} from '@clarity-runtime/core/ports';
import { nodeFiles, type FileOperations } from '../files/file-operations.ts';
import { fsArtifactStore } from '../artifacts/fs-artifact-store.ts';
import { fsPolicyRegistry } from '../registry/fs-policy-registry.ts';
import { fsServiceRegistry } from '../registry/fs-service-registry.ts';
import type { FsRegistryOptions } from '../registry/open-registry.ts';
import { DescriptorReserve } from '../files/descriptor-reserve.ts';
import { isoTime } from '../files/iso-time.ts';
import { codeOf, storeFailure } from '../files/store-failure.ts';
import { fsTelemetry } from '../telemetry/fs-telemetry.ts';
import { countBoot, type Boot } from './boot-counter.ts';
import { acquireDaemonLock, type DaemonLock } from './daemon-lock.ts';
import type { ProcessTable } from './process-table.ts';
import { runtimeFolder } from '../files/runtime-folder.ts';
import { randomBytes } from 'node:crypto';
import { writeAtomically } from '../files/atomic-file.ts';

/** Options of `openFsStore`. */
export interface FsStoreOptions {
  /** Root folder of the workspace; the stores are in `<root>/.clarity/runtime`. */
  readonly root: string;
  readonly files?: FileOperations;
  readonly clock?: Clock;
  readonly processes?: ProcessTable;
  /** Maximum total length of the stored events in characters of JSON; 4 Mi when absent. */
  readonly maxTelemetryBytes?: number;
}

/** All stores of a workspace, locked for this process. Disposing closes the stores first and the lock last. */
export interface FsStore extends AsyncDisposable {
  /** `<root>/.clarity/runtime`. */
  readonly folder: string;
  readonly boot: Boot;
  readonly lock: DaemonLock;
  /** Key that signs session ids; the same for all starts of the workspace. */
  readonly sessionKey: Uint8Array;
  readonly registry: ServiceRegistry;
  readonly policies: PolicyRegistry;
  readonly telemetry: Telemetry;
  readonly artifacts: ArtifactStore;
  readonly leases: Leases;
}

/**
 * Opens the stores of a workspace for this process. Restricts the modes of the files and removes temporary files.
 * @throws StoreError `conflict` when another process has the lock; `corrupt`, `forbidden`, `exhausted` or `unavailable`
 * when the files cannot be used.
 */
export async function openFsStore(options: FsStoreOptions): Promise<FsStore> {
  const { root, clock = systemClock, processes } = options;
  const folder = runtimeFolder(root);
  const opened: AsyncDisposable[] = [];
  const owned = <T extends AsyncDisposable>(part: T): T => {
    opened.push(part);
    return part;
  };
  const close = async (): Promise<void> => {
    for (const part of opened.splice(0).reverse()) await part[Symbol.asyncDispose]();
  };
  try {
    const files = owned(new DescriptorReserve()).files(options.files ?? nodeFiles);
    await prepare(files, folder);
    const lock = owned(await acquireDaemonLock({ folder, files, ...(processes === undefined ? {} : { processes }) }));
    await sweepFolder(files, folder);
    await sweepFolder(files, join(folder, 'artifacts'));
    await restrictFiles(files, folder);
    const boot = await countBoot(files, folder);
    const key = await sessionKey(files, folder);
    const limit = options.maxTelemetryBytes === undefined ? {} : { maxEvents: options.maxTelemetryBytes };
    const telemetry = owned(await fsTelemetry({ folder, files, clock, origin: boot, ...limit }));
    const onRecovered = recordRecovery(telemetry, clock);
    const registry = owned(await fsServiceRegistry({ folder, files, now: () => clock.wall(), onRecovered }));
    const policies = owned(await fsPolicyRegistry({ folder, files, now: () => clock.wall(), onRecovered }));
    const leases = owned(new MemoryLeases({ fence: boot.boot }));
    const artifacts = fsArtifactStore({ folder: join(folder, 'artifacts'), files, clock });
    return {
      folder,
      boot,
      lock,
      sessionKey: key,
      registry,
      policies,
      telemetry,
      artifacts,
      leases,
      [Symbol.asyncDispose]: close,
    };
  } catch (error) {
    await close();
    throw storeFailure(error, folder);
  }
}

async function prepare(files: FileOperations, folder: string): Promise<void> {
  await files.mkdir(folder);
  for (const path of [join(folder, '..'), folder]) await files.restrict(path, 0o700);
}

function recordRecovery(telemetry: Telemetry, clock: Clock): NonNullable<FsRegistryOptions['onRecovered']> {
  return ({ damaged, reason }) => {
    const event = {
      at: isoTime(clock.wall()),
      kind: 'storage.recovered',
      level: 'warn',
      message: `The registry was damaged and restored from its backup: ${reason}`,
      data: { setAside: [damaged] },
    } as const;
    void telemetry.append('default', [event]).catch(() => undefined);
  };
}

const SESSION_KEY_NAME = 'session.key';
const SESSION_KEY_BYTES = 32;

/** Returns the key that signs session ids. Creates it if it is missing or has another length than 32 bytes. */
async function sessionKey(files: FileOperations, folder: string): Promise<Uint8Array> {
  const path = join(folder, SESSION_KEY_NAME);
  try {
    const stored = await readIfExists(files, path);
    if (stored?.length === SESSION_KEY_BYTES) return stored;
    const bytes = randomBytes(SESSION_KEY_BYTES);
    await writeAtomically(files, { path, bytes });
    return bytes;
  } catch (error) {
    throw storeFailure(error, path);
  }
}

async function readIfExists(files: FileOperations, path: string): Promise<Uint8Array | undefined> {
  try {
    return await files.read(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Names of the files of a store; other files are left unchanged. */
const STORE_FILE =
  /^(registry\.json|policies\.json|telemetry\.json|telemetry\.wal\.|daemon\.lock|boot\.json|session\.key|[a-f0-9]{64}\.)/;
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
