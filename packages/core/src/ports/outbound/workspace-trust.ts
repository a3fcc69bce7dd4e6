import type { TrustState } from '../../domain/access/trust.ts';

/**
 * Decides whether the stored state of a workspace may act. While it is not trusted the runtime starts nothing, opens no
 * connection, resolves no credential and registers nothing; reading and removing work.
 */
export interface WorkspaceTrust {
  /** Read before every start. Cheap; no I/O. */
  readonly state: TrustState;
  /** Folder of the workspace; undefined if the state is not in a folder. */
  readonly root?: string;
  /** Marks the current state as trusted. Resolves when the mark is durable. @throws StoreError */
  grant(): Promise<void>;
  /** Withdraws the trust. Resolves when it is durable. @throws StoreError */
  revoke(): Promise<void>;
}
