import type { Caller } from '../../domain/access/caller.ts';
import type { TrustProblem } from '../../domain/access/trust.ts';
import type { OriginType } from '../../domain/services/manifest.ts';

/** The effects of one service when it starts. */
export interface TrustedService {
  readonly serviceId: string;
  readonly namespace: string;
  readonly type: OriginType;
  /** The service starts with the daemon. */
  readonly starts: boolean;
  /** Command with arguments, endpoint or path. Query values and credentials of a URL are redacted. */
  readonly runs: string;
  /** Working folder of a command; absent for the workspace. */
  readonly cwd?: string;
  /** Names of environment variables that the service receives. */
  readonly environment: readonly string[];
  /** References to credentials that the service uses. */
  readonly credentials: readonly string[];
  /** SHA-256 of the module. */
  readonly artifact?: string;
}

/** The state that a trust decision is about. */
export interface TrustReport {
  readonly trusted: boolean;
  /** Folder of the workspace; absent if the state is not in a folder. */
  readonly workspace?: string;
  /** Empty if the state is trusted. */
  readonly problems: readonly (TrustProblem & { readonly text: string })[];
  readonly services: readonly TrustedService[];
  readonly policies: readonly string[];
  /** SHA-256 of all records and policies, and of the versions of the stored secrets that they name. A decision repeats it. */
  readonly digest: string;
}

/** Decisions of the operator about the stored state. */
export interface TrustOperations {
  /** Requires the grant `read`. */
  report(caller: Caller): Promise<TrustReport>;
  /**
   * Trusts the state with this digest and starts the services that start with the daemon, if `autostart` was called.
   * @throws ClarityError GRANT_REQUIRED for callers from the MCP endpoint or the stdio bridge; REVISION_CONFLICT with the
   * current digest when the state is another one.
   */
  trust(caller: Caller, digest: string): Promise<TrustReport>;
  /** Stops all services and withdraws the trust. @throws ClarityError GRANT_REQUIRED as `trust` does. */
  revoke(caller: Caller): Promise<TrustReport>;
}
