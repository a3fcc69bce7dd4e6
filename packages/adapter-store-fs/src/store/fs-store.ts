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
import { isoTime } from '../files/iso-time.ts';
import { storeFailure } from '../files/store-failure.ts';
import { fsTelemetry } from '../telemetry/fs-telemetry.ts';
import { countBoot, type Boot } from './boot-counter.ts';
import { acquireDaemonLock, type DaemonLock } from './daemon-lock.ts';
import type { ProcessTable } from './process-table.ts';
import { sessionKey } from './session-key.ts';
import { restrictFiles, sweepFolder } from './store-files.ts';
import { runtimeFolder } from '../files/runtime-folder.ts';

export interface FsWorkspaceOptions {
  /** The folder that is worked in; what survives stands in `.clarity/runtime` below it. */
  readonly root: string;
  readonly files?: FileOperations;
  readonly clock?: Clock;
  readonly processes?: ProcessTable;
  /** Characters of JSON that are kept of all events; 4 MiB when absent. */
  readonly maxTelemetryBytes?: number;
}

/** Everything that survives a restart, for one process. Disposing closes the stores first and the lock last. */
export interface FsStore extends AsyncDisposable {
  /** `<root>/.clarity/runtime`. */
  readonly folder: string;
  readonly boot: Boot;
  readonly lock: DaemonLock;
  /** Signs session ids that outlive the process. */
  readonly sessionKey: Uint8Array;
  readonly registry: ServiceRegistry;
  readonly policies: PolicyRegistry;
  readonly telemetry: Telemetry;
  readonly artifacts: ArtifactStore;
  readonly leases: Leases;
}

/**
 * Opens a workspace for this process alone, with modes and leftovers mended. Fails with a StoreError: `conflict` when
 * another process holds it, `corrupt`, `forbidden` or `unavailable` when its files cannot be used.
 */
export async function openFsStore(options: FsWorkspaceOptions): Promise<FsStore> {
  const { root, files = nodeFiles, clock = systemClock, processes } = options;
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
    await prepare(files, folder);
    const lock = owned(await acquireDaemonLock({ folder, files, ...(processes === undefined ? {} : { processes }) }));
    await sweepFolder(files, folder);
    await sweepFolder(files, join(folder, 'artifacts'));
    await restrictFiles(files, folder);
    const boot = await countBoot(files, folder);
    const key = await sessionKey(files, folder);
    const kept = options.maxTelemetryBytes === undefined ? {} : { maxEvents: options.maxTelemetryBytes };
    const telemetry = owned(await fsTelemetry({ folder, files, clock, origin: boot, ...kept }));
    const onRecovered = tellRecovery(telemetry, clock);
    const registry = owned(await fsServiceRegistry({ folder, files, now: () => clock.wall(), onRecovered }));
    const policies = owned(await fsPolicyRegistry({ folder, files, now: () => clock.wall(), onRecovered }));
    const leases = owned(new MemoryLeases(boot.boot));
    const artifacts = fsArtifactStore({ folder: join(folder, 'artifacts'), files });
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

function tellRecovery(telemetry: Telemetry, clock: Clock): NonNullable<FsRegistryOptions['onRecovered']> {
  return ({ damaged, reason }) => {
    const event = {
      at: isoTime(clock.wall()),
      kind: 'storage.recovered',
      level: 'warn',
      message: `The registry was damaged and its good copy was taken: ${reason}`,
      data: { setAside: [damaged] },
    } as const;
    void telemetry.append('default', [event]).catch(() => undefined);
  };
}
