import type { Manifest, SecretDestinations } from '@clarity-runtime/core';

/** A registered service, as an import sees it. */
export interface TargetService {
  readonly serviceId: string;
  readonly namespace: string;
  /** SHA-256 of the stored manifest and artifact. */
  readonly digest: string;
}

/** A start: `error` and its remedy are absent when the service runs. */
export interface StartedImport {
  readonly lifecycle: string;
  readonly error?: string | undefined;
  readonly hint?: string | undefined;
}

/** Changes that an import makes to a runtime: through the HTTP API, or inside the daemon as the caller of a request. */
export interface ImportTarget {
  /** Resolves with warnings about the value, as sentences without it. */
  setSecret(reference: string, value: string, destinations: SecretDestinations): Promise<readonly string[]>;
  /** Returns whether the secret existed. */
  deleteSecret(reference: string): Promise<boolean>;
  /** Registers a new service. Rejects when its id exists. */
  register(manifest: Manifest): Promise<TargetService>;
  /** Resolves with the lifecycle after the start. */
  start(serviceId: string): Promise<StartedImport>;
  /** Returns the service, or undefined if it does not exist. */
  find(serviceId: string): Promise<TargetService | undefined>;
  remove(serviceId: string): Promise<void>;
  /** Revokes the token of a client, which has no entry any more. Returns false if this user does not have it. */
  dropToken(name: string): Promise<boolean>;
}
