import { join } from 'node:path';
import { assertOwn, fsArtifactSource } from '@clarity-runtime/adapter-store-fs';
import { localWasmConnector, type LocalWasmDependencies } from '@clarity-runtime/adapter-wasm';
import { ClarityError, isStoreError, type Manifest } from '@clarity-runtime/core';
import { defined } from '@clarity-runtime/core/internal';
import type { ArtifactSource, ServiceConnector } from '@clarity-runtime/core/ports';
import type { WasmHosts } from './wasm-hosts.ts';

/** Folder of the modules of a tenant, in the folder of the tenant. The operator of the daemon puts files there. */
export const MODULES_FOLDER = 'modules';

export interface TenantModulesOptions extends Pick<LocalWasmDependencies, 'artifacts' | 'defaults'> {
  /** Folder of the tenant. */
  readonly root: string;
  /** Guest hosts of this tenant alone: modules of two tenants share no process. */
  readonly hosts: WasmHosts;
}

/** Returns the connectors of local services of a tenant: modules, and the refusal of programs. */
export const tenantModules = ({ root, hosts, ...parts }: TenantModulesOptions): readonly ServiceConnector[] => [
  restricted(
    localWasmConnector({
      ...parts,
      ...hosts,
      source: moduleSource(root),
      components: refuseComponents,
      environment: {},
    }),
    assertWithoutCapabilities,
  ),
  refusing(
    'local_process',
    'a program of a tenant would run as the user of the daemon, with the files and the network of that user',
  ),
];

const FILE = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;

/**
 * Returns the reader of the modules of a tenant: files by name in its folder. Each other path is refused before anything is read, with
 * one answer, so that it shows nothing about files of the daemon and of other tenants.
 */
export function moduleSource(root: string, files: ArtifactSource = fsArtifactSource()): ArtifactSource {
  const folder = join(root, MODULES_FOLDER);
  const open = async <T>(path: string, read: (own: string) => Promise<T>): Promise<T> => {
    const name = path.startsWith(`${folder}/`) || path.startsWith(`${folder}\\`) ? path.slice(folder.length + 1) : path;
    if (!FILE.test(name)) throw refused('it is not the name of a file in the folder of modules of the tenant');
    try {
      await assertOwn(root, folder);
      return await read(join(folder, name));
    } catch (error) {
      if (error instanceof ClarityError && error.code === 'RESOURCE_EXHAUSTED') throw error;
      if (error instanceof ClarityError || isStoreError(error)) throw refused(reasonOf(error, folder));
      throw error;
    }
  };
  return {
    read: (path, maxBytes) => open(path, (own) => files.read(own, maxBytes)),
    readOptional: (path, maxBytes) => open(path, (own) => files.readOptional(own, maxBytes)),
  };
}

/** The place of the workspace is not for clients of a tenant. */
const reasonOf = ({ message }: Error, folder: string): string =>
  message.replaceAll(`${folder}/`, '').replaceAll(folder, MODULES_FOLDER);

const refused = (reason: string): ClarityError =>
  new ClarityError('ARTIFACT_UNREADABLE', reason, {
    field: 'spec.origin.wasmPath',
    hint: `ask the operator to put the file into .clarity/tenants/<tenant>/${MODULES_FOLDER}, and use its name`,
  });

const refuseComponents = (): Promise<never> =>
  Promise.reject(
    new ClarityError('MODULE_INVALID', 'components are not for services of a tenant', {
      hint: 'use a module, or register the component in the tenant `default`',
    }),
  );

/** Returns a connector that checks each manifest before it stores or starts anything of it. */
export const restricted = (
  connector: ServiceConnector,
  assertAllowed: (manifest: Manifest) => void,
): ServiceConnector => ({
  ...defined({ kind: connector.kind, sessions: connector.sessions, defaultLimits: connector.defaultLimits }),
  origin: connector.origin,
  admit: async (manifest, limits) => {
    assertAllowed(manifest);
    return connector.admit(manifest, limits);
  },
  connect: async (service, events, options) => {
    assertAllowed(service.manifest);
    return connector.connect(service, events, options);
  },
});

/** Capabilities name folders, variables and the network of the daemon. */
function assertWithoutCapabilities({ spec: { capabilities } }: Manifest): void {
  if (capabilities === undefined) return;
  throw new ClarityError('MANIFEST_INVALID', 'a service of a tenant has no capabilities of the daemon', {
    field: 'spec.capabilities',
    hint: 'remove spec.capabilities',
  });
}

/** Refuses an origin by its name, with the reason. */
function refusing(origin: string, reason: string): ServiceConnector {
  const refuse = (): Promise<never> =>
    Promise.reject(
      new ClarityError('ORIGIN_UNSUPPORTED', `${origin}: ${reason}`, {
        field: 'spec.origin.type',
        hint: 'register a remote server or a module, or register the program in the tenant `default`',
      }),
    );
  return { origin, admit: refuse, connect: refuse };
}
