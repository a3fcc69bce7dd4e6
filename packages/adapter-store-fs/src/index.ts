/** Public API: stores on the file system, secrets, credentials and the configuration files of AI clients. */
export { acceptRegistry, type AcceptedRegistry, type AcceptRegistryOptions } from './store/accept-registry.ts';
export { fsClientConfigs, type FsClientConfigsOptions } from './client-config/fs-client-config.ts';
export { bootstrapClients } from './client-config/client-table.ts';
export { parseJsonText } from './client-config/json-text.ts';
export { configValue } from './client-import/config-value.ts';
export type { ClientEnvironment } from './client-config/client-paths.ts';
export { environmentCredentials, type EnvironmentCredentialsOptions } from './credentials/environment-credentials.ts';
export { nodeFiles, type FileOperations, type OpenFile } from './files/file-operations.ts';
export { fsArtifactCleaner } from './artifacts/fs-artifact-cleaner.ts';
export { fsArtifactSource } from './artifacts/fs-artifact-source.ts';
export { fsArtifactStore, type FsArtifactStoreOptions } from './artifacts/fs-artifact-store.ts';
export {
  fsAccessTokenStore,
  fsPolicyRegistry,
  fsProfileStore,
  fsApprovalStore,
  fsLoginStore,
  fsServiceRegistry,
} from './registry/fs-service-registry.ts';
export type { FsRegistryOptions } from './registry/state-store.ts';
export { markedSecretStore, type MarkedSecretStoreOptions } from './secrets/marked-secret-store.ts';
export { fsSecretStore, type FsSecretStoreOptions } from './secrets/fs-secret-store.ts';
export { fsTelemetry, type FsTelemetryOptions } from './telemetry/fs-telemetry.ts';
export { verifyTelemetry, type VerifyTelemetryOptions } from './telemetry/live-verifier.ts';
export { hasMarkOf, type Boot } from './store/boot-counter.ts';
export { acquireDaemonLock, type DaemonLock, type DaemonLockOptions } from './store/daemon-lock.ts';
export { openFsStore, type FsStore, type FsStoreOptions } from './store/fs-store.ts';
export { recordedHead, type RecordedHeadOptions } from './store/recorded-head.ts';
export { assertOwn, makeOwnFolder, ownFiles, STATE_FOLDER, type OwnFilesOptions } from './files/own-files.ts';
export { runtimeFolder } from './files/runtime-folder.ts';
export type { LockHolder } from './store/daemon-lock.ts';
export { processTable, type ProcessTable } from './store/process-table.ts';
export { readDigested, withDigest } from './trust/state-marks.ts';
export type { StateTrust } from './trust/state-trust.ts';
export { trustFolders, type TrustFolders, type TrustFoldersOptions } from './trust/trust-folders.ts';
export { openUserKey, type UserKey, type UserKeyOptions } from './trust/user-key.ts';
export { WorkspaceRecords, type WorkspaceRecord } from './trust/workspace-record.ts';
export type { WorkspaceSeal } from './trust/workspace-seal.ts';
export { configOfText, findConfigs, importClients, readConfigFile } from './client-import/found-configs.ts';
export type { FindConfigsOptions, FoundConfigs, FoundFile, FoundScope } from './client-import/found-configs.ts';
export { readForeignFile, type ForeignFileOptions } from './client-import/foreign-file.ts';
export { ImportJournal, type ImportRecord, type OpenImport } from './client-import/import-journal.ts';
export {
  restoreFile,
  rewireFile,
  type RestoredFile,
  type RewiredFile,
  type RewireTarget,
} from './client-import/rewire.ts';
