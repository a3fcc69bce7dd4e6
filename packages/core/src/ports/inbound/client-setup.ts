import type { ConfigScope, GatewayTransport, ClientChange, ClientConfigState } from '../outbound/client-config.ts';
import type { Failure } from '../../domain/errors/clarity-error.ts';
import type { Caller } from '../../domain/access/caller.ts';

export interface BootstrapRequest {
  /** Names of clients, each once. */
  readonly clients: readonly string[];
  readonly scope?: ConfigScope;
  readonly dryRun?: boolean;
}

export interface BootstrapPutRequest extends BootstrapRequest {
  readonly transport?: GatewayTransport;
}

/** What became of one client; `failure` when it was left as it is. */
export type BootstrapResult =
  ClientChange | { readonly client: string; readonly updated: false; readonly failure: Failure };

/** Points AI clients at this gateway. REQUEST_INVALID for a client that is not known, before any file is touched. */
export interface ClientSetupOperations {
  status(caller: Caller, scope?: ConfigScope): Promise<readonly ClientConfigState[]>;
  put(caller: Caller, request: BootstrapPutRequest): Promise<readonly BootstrapResult[]>;
  remove(caller: Caller, request: BootstrapRequest): Promise<readonly BootstrapResult[]>;
}
