/** The hash chain of audit events, their encoding and ring: building blocks of a `Telemetry` adapter. */
export {
  CHAIN_START,
  hashOver,
  linkOver,
  linksOver,
  recordsGap,
  unwrittenLinks,
  type AuditLink,
  type ChainBase,
  type ChainEnd,
  type KeptEvent,
} from './hash-chain.ts';
export { classIndexOf, type ClassCounts } from './class-counts.ts';
export { ChainVerifier } from './chain-verifier.ts';
export { decodeEvent, encodeDrafts, MAX_EVENT_BYTES, sequencedJson } from './event-codec.ts';
export { TelemetryAuditStore, type TelemetryAuditStoreOptions } from './telemetry-audit-store.ts';
export { outcomeOf } from '../domain/audit/audit-event.ts';
export { EventRing } from './event-ring.ts';
export { LogBuffer } from './log-buffer.ts';
