import type { ServiceRecord } from '../../domain/services/service.ts';

export interface CleanedUp {
  /** Paths of the files that were deleted. */
  readonly removed: readonly string[];
  readonly left: readonly { readonly path: string; readonly reason: string }[];
}

/** Deletes what was built for a service that was removed: only what is the runtime's own and no other service uses. */
export interface ArtifactCleaner {
  cleanUp(removed: ServiceRecord, others: readonly ServiceRecord[]): Promise<CleanedUp>;
}
