export {
  CHAIN_START,
  hashOver,
  linksOver,
  tellsOfGap,
  unwrittenLinks,
  type AuditLink,
  type ChainBase,
  type KeptEvent,
} from '../audit-chain/hash-chain.ts';
export { ChainCheck } from '../audit-chain/chain-verifier.ts';
export { ChangeFeed } from '../registry/change-feed.ts';
export { decodeEvent, encodeDrafts, LONGEST_EVENT, numberedJson } from '../audit-chain/event-codec.ts';
export { EventRing } from '../audit-chain/event-ring.ts';
export { LogShelf } from '../audit-chain/log-buffer.ts';
export { ManualClock } from './manual-clock.ts';
export { MemoryArtifactStore } from './memory-artifact-store.ts';
export { MemorySecretStore } from './memory-secret-store.ts';
export { MemoryLeases } from './memory-leases.ts';
export { MemoryPolicyRegistry } from './memory-policy-registry.ts';
export { MemoryServiceRegistry } from './memory-service-registry.ts';
export { MemoryTelemetry, type MemoryTelemetryOptions } from './memory-telemetry.ts';
export type { RegistryBacking } from '../registry/registry-backing.ts';
export { emptyRegistry, type RegistryState } from '../registry/registry-state.ts';
