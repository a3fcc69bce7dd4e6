/** In-memory adapters: the defaults of `createRuntime`, and doubles for tests. */
export { MemoryLoginSealer, MemoryLoginStore } from './memory-login-store.ts';
export { ManualClock } from './manual-clock.ts';
export { MemoryArtifactStore } from './memory-artifact-store.ts';
export { MemoryInterfaceStore } from './memory-interface-store.ts';
export { MemorySecretStore } from './memory-secret-store.ts';
export { MemoryLeases, type MemoryLeasesOptions } from './memory-leases.ts';
export { MemoryLimiter } from './memory-limiter.ts';
export { MemoryRecordStore, type FenceCheck, type MemoryRecordStoreOptions } from './memory-record-store.ts';
export {
  MemoryAccessTokenStore,
  MemoryApprovalStore,
  MemoryClaimStore,
  MemoryPolicyRegistry,
  MemoryProfileStore,
  MemoryServiceRegistry,
} from './memory-record-stores.ts';
export { MemoryTelemetry, type MemoryTelemetryOptions } from './memory-telemetry.ts';
