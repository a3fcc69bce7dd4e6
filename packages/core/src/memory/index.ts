export {
  CHAIN_START,
  hashOver,
  linksOver,
  tellsOfGap,
  unwrittenLinks,
  type AuditLink,
  type ChainBase,
  type KeptEvent,
} from './audit-chain.ts';
export { ChainCheck } from './chain-check.ts';
export { ChangeFeed } from './change-feed.ts';
export { decodeEvent, encodeDrafts, LONGEST_EVENT, numberedJson } from './event-drafts.ts';
export { EventRing } from './event-ring.ts';
export { LogShelf } from './log-shelf.ts';
export { ManualClock } from './manual-clock.ts';
export { MemoryArtifactStore } from './memory-artifact-store.ts';
export { MemorySecretStore } from './memory-secret-store.ts';
export { MemoryLeases } from './memory-leases.ts';
export { MemoryPolicyRegistry } from './memory-policy-registry.ts';
export { MemoryServiceRegistry } from './memory-service-registry.ts';
export { MemoryTelemetry, type MemoryTelemetryOptions } from './memory-telemetry.ts';
export type { RegistryBacking } from './registry-backing.ts';
export { emptyRegistry, type RegistryState } from './registry-state.ts';
