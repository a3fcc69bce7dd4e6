/** In-memory adapters: the defaults of `createRuntime`, and doubles for tests. */
export { MemoryLoginSealer, MemoryLoginStore } from './memory-login-store.ts';
export { MemoryAccessTokenStore } from './memory-access-token-store.ts';
export { MemoryApprovalStore } from './memory-approval-store.ts';
export { MemoryClaimStore } from './memory-claim-store.ts';
export { ManualClock } from './manual-clock.ts';
export { MemoryArtifactStore } from './memory-artifact-store.ts';
export { MemoryInterfaceStore } from './memory-interface-store.ts';
export { MemorySecretStore } from './memory-secret-store.ts';
export { MemoryLeases, type MemoryLeasesOptions } from './memory-leases.ts';
export { MemoryLimiter } from './memory-limiter.ts';
export { MemoryRecordStore, type FenceCheck, type MemoryRecordStoreOptions } from './memory-record-store.ts';
export { MemoryProfileStore } from './memory-profile-store.ts';
export { MemoryPolicyRegistry } from './memory-policy-registry.ts';
export { MemoryServiceRegistry } from './memory-service-registry.ts';
export { MemoryTelemetry, type MemoryTelemetryOptions } from './memory-telemetry.ts';
