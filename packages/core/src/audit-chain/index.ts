/** The hash chain of audit events, their encoding and ring: building blocks of a `Telemetry` adapter. */
export {
  CHAIN_START,
  hashOver,
  linksOver,
  tellsOfGap,
  unwrittenLinks,
  type AuditLink,
  type ChainBase,
  type KeptEvent,
} from './hash-chain.ts';
export { ChainCheck } from './chain-verifier.ts';
export { decodeEvent, encodeDrafts, LONGEST_EVENT, numberedJson } from './event-codec.ts';
export { EventRing } from './event-ring.ts';
export { LogShelf } from './log-buffer.ts';
