import type { ConfigScope, GatewayTransport, ClientChange, ClientConfigState } from '../outbound/client-config.ts';
import type { Failure } from '../../domain/errors/clarity-error.ts';
import type { Caller } from '../../domain/access/caller.ts';

/** Clients whose configuration changes, and the scope. Default scope: `user`. */
export interface BootstrapRequest {
  /** Unique names of clients. */
  readonly clients: readonly string[];
  readonly scope?: ConfigScope;
  /** Returns the changes without writing them. */
  readonly dryRun?: boolean;
}

/** A request that adds the gateway. */
export interface BootstrapPutRequest extends BootstrapRequest {
  readonly transport?: GatewayTransport;
}

/** Result for one client. With `failure` its file is unchanged. */
export type BootstrapResult =
  ClientChange | { readonly client: string; readonly updated: false; readonly failure: Failure };

/**
 * Adds this gateway to the configuration of AI clients.
 * @throws ClarityError REQUEST_INVALID for an unknown client, before any file changes.
 */
export interface ClientSetupOperations {
  /** Returns the state of every client that supports the scope (default `user`). */
  status(caller: Caller, scope?: ConfigScope): Promise<readonly ClientConfigState[]>;
  /** Adds or replaces the entry of the gateway, for each client separately. */
  put(caller: Caller, request: BootstrapPutRequest): Promise<readonly BootstrapResult[]>;
  /** Removes the entry of the gateway, for each client separately. */
  remove(caller: Caller, request: BootstrapRequest): Promise<readonly BootstrapResult[]>;
}
