import type { CompilerIdentity } from '../interfaces/interface-document.ts';
import type { InterfacePin } from '../interfaces/interface-pin.ts';
import type { Manifest } from './manifest.ts';

/** A copy of a service's code that the runtime keeps and runs, addressed by digest. */
export interface ServiceArtifact {
  readonly wasmSha256: string;
  /** Absent when the module came without an interface document. */
  readonly interfaceSha256?: string;
  readonly compiler?: CompilerIdentity;
}

/** Why a service may not be started, and since when (ISO 8601). Only an operator takes it away. */
export interface Quarantine {
  readonly reason: string;
  readonly at: string;
}

/** Desired state, as the registry keeps it. What the service is doing right now is `ServiceStatus`. */
export interface ServiceRecord {
  readonly schema: 1;
  readonly serviceId: string;
  /** Prefix of its tools on the shared endpoint; unique among the services of a tenant. */
  readonly namespace: string;
  readonly manifest: Manifest;
  readonly artifact?: ServiceArtifact;
  /** Present while the service is in quarantine. */
  readonly hold?: Quarantine;
  /** The interface that was accepted, where the manifest asks for that. */
  readonly pin?: InterfacePin;
}

/** A record with its place in the store. */
export interface Service extends ServiceRecord {
  readonly revision: string;
}

/**
 * REGISTERED: known, never started in this process. STARTING: connecting. RUNNING: connected, its tools can be called.
 * STOPPING: closing. STOPPED: not connected, by request or because a start failed. CRASHED: it was running and is gone.
 * QUARANTINED: held until an operator lets it go.
 */
export type Lifecycle = 'REGISTERED' | 'STARTING' | 'RUNNING' | 'STOPPING' | 'STOPPED' | 'CRASHED' | 'QUARANTINED';

/** What was last seen of the service in this process; UNKNOWN until something was. */
export type Health = 'UNKNOWN' | 'HEALTHY' | 'DEGRADED' | 'TIMEOUT' | 'UNAUTHORIZED' | 'UNREACHABLE';

/** Runtime state: it belongs to the process that runs the service and lives in memory. */
export interface ServiceStatus {
  readonly lifecycle: Lifecycle;
  readonly health: Health;
  /** Restarts in this process, asked for or automatic. */
  readonly restartCount: number;
  /** Monotonic milliseconds at which it became RUNNING. */
  readonly runningSince?: number;
  readonly lastError?: string;
  /** ISO 8601; when the service last answered. */
  readonly lastHeartbeatAt?: string;
  /** ISO 8601; when the next automatic start is due. */
  readonly retryAt?: string;
}

export const INITIAL_STATUS: ServiceStatus = { lifecycle: 'REGISTERED', health: 'UNKNOWN', restartCount: 0 };
