import type { InterfaceDiff } from '../../domain/interfaces/interface-change.ts';
import type { Caller } from '../../domain/access/caller.ts';

/** Changes of an interface since its pin, or without a pin since the previous introspection. */
export interface InterfaceReview extends InterfaceDiff {
  readonly serviceId: string;
  /** The service has a pin: changes are withheld from clients until an operator accepts them. */
  readonly pinned: boolean;
  /** SHA-256 of what an operator decides on: the present interface, the accepted one and the withheld tools. */
  readonly digest: string;
  /** Names of the withheld tools, sorted. */
  readonly held: readonly string[];
  /** Names, URIs and URI templates of the other withheld entries, sorted. */
  readonly heldContents: Readonly<Record<'prompts' | 'resources' | 'resourceTemplates', readonly string[]>>;
}

/** The interface that an operator has seen, by the `digest` of a review or by its `to`. */
export interface ExpectedInterface {
  readonly digest?: string | undefined;
  readonly revision?: string | undefined;
}

/**
 * Reviews changes of interfaces.
 * @throws ClarityError SERVICE_NOT_FOUND for an unknown service.
 */
export interface InterfaceReviews {
  /** Returns the changes of a service. */
  review(caller: Caller, serviceId: string): Promise<InterfaceReview>;
  /**
   * Accepts the present interface, or the named tools only. `expected` names what the operator has seen.
   * @throws ClarityError GRANT_REQUIRED for callers from the MCP endpoint or the stdio bridge, SERVICE_STOPPED before the
   * first introspection, TOOL_NOT_FOUND for an unknown tool, REVISION_CONFLICT when `expected` is not the present state.
   */
  accept(
    caller: Caller,
    serviceId: string,
    tools?: readonly string[],
    expected?: ExpectedInterface,
  ): Promise<InterfaceReview>;
}
