import type { InterfaceDiff } from '../../domain/interfaces/interface-change.ts';
import type { Caller } from '../../domain/access/caller.ts';

/** What has changed at a service since its interface was accepted, or since it was asked before. */
export interface InterfaceReview extends InterfaceDiff {
  readonly serviceId: string;
  /** A change is held back until it is accepted. */
  readonly pinned: boolean;
  /** Tools that are held back. */
  readonly held: readonly string[];
}

/** What changed at a service, and what is to be done about it. */
export interface InterfaceReviews {
  review(caller: Caller, serviceId: string): Promise<InterfaceReview>;
  /** Everything, or the named tools. Refuses callers of the doors that models come through. */
  accept(caller: Caller, serviceId: string, tools?: readonly string[]): Promise<InterfaceReview>;
}
