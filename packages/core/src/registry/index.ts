/** Compare-and-set state and change feed: building blocks of a `ServiceRegistry` or `PolicyRegistry` adapter. */
export { ChangeFeed } from './change-feed.ts';
export type { RegistryBacking } from './registry-backing.ts';
export { emptyRegistry, type RegistryState } from './registry-state.ts';
