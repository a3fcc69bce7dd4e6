/** The whole public surface: what survives a restart, on files, and where credentials are kept. */
export { acceptRegistry, type AcceptedRegistry, type AcceptRegistryOptions } from './accept-registry.ts';
export { fsClientConfigs, type FsClientConfigsOptions } from './client-config/fs-client-config.ts';
export type { ClientPlace } from './client-config/client-place.ts';
export { environmentCredentials, type EnvironmentCredentialsOptions } from './credentials/environment-credentials.ts';
export { nodeFiles, type FileOperations, type OpenFile } from './file-operations.ts';
export { fsArtifactCleaner } from './fs-artifact-cleaner.ts';
export { fsArtifactSource } from './fs-artifact-source.ts';
export { fsArtifactStore, type FsArtifactStoreOptions } from './fs-artifact-store.ts';
export { fsPolicyRegistry } from './fs-policy-registry.ts';
export { fsServiceRegistry } from './fs-service-registry.ts';
export type { FsRegistryOptions } from './open-registry.ts';
export { fsSecretStore, type FsSecretStoreOptions } from './secrets/fs-secret-store.ts';
export { fsTelemetry, type FsTelemetryOptions } from './telemetry/fs-telemetry.ts';
export type { Boot } from './workspace/boot-counter.ts';
export { acquireDaemonLock, type DaemonLock, type DaemonLockOptions } from './workspace/daemon-lock.ts';
export { openWorkspace, runtimeFolder, type FsWorkspace, type FsWorkspaceOptions } from './workspace/fs-workspace.ts';
export type { LockHolder } from './workspace/lock-holder.ts';
export { processTable, type ProcessTable } from './workspace/process-table.ts';
