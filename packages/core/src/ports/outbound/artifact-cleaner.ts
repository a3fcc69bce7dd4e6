import type { ServiceRecord } from '../../domain/services/service.ts';

/** Deleted files, and files that remain with the reason. */
export interface CleanedUp {
  /** Paths of the deleted files. */
  readonly removed: readonly string[];
  readonly left: readonly { readonly path: string; readonly reason: string }[];
}

/** Deletes the build artifacts of a removed service: only files that the runtime created and no other service uses. */
export interface ArtifactCleaner {
  cleanUp(removed: ServiceRecord, others: readonly ServiceRecord[]): Promise<CleanedUp>;
}
