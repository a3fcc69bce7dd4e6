import type { Registrant } from '../access/registrant.ts';
import type { CompilerIdentity } from '../interfaces/interface-document.ts';
import type { InterfacePin } from '../interfaces/interface-pin.ts';
import type { Era } from '../mcp/mcp.ts';
import type { Manifest } from './manifest.ts';

/** The stored copy of the code of a service, addressed by SHA-256 in lower-case hex. */
export interface ServiceArtifact {
  readonly wasmSha256: string;
  /** Absent if the module has no interface document. */
  readonly interfaceSha256?: string;
  readonly compiler?: CompilerIdentity;
  /** Bytes of the module and its interface document. Records of older versions have none. */
  readonly bytes?: number;
}

/** Reason and start (ISO 8601) of a quarantine. Only an operator ends it. */
export interface Quarantine {
  readonly reason: string;
  readonly at: string;
}

/** Desired state of a service, as stored in the registry; `ServiceStatus` is the current state. */
export interface ServiceRecord {
  readonly schema: 1;
  readonly serviceId: string;
  /** Prefix of the tools on the shared endpoint; unique among the services of a tenant. */
  readonly namespace: string;
  readonly manifest: Manifest;
  /** The caller that registered the service; the operator if absent. */
  readonly registrant?: Registrant;
  readonly artifact?: ServiceArtifact;
  /** Present during a quarantine. */
  readonly hold?: Quarantine;
  /** The era that the service had at its last start; absent if it has not shown one. A start of a legacy service is not probed. */
  readonly era?: Era;
  /** The program did not survive notices of cancellations: it is sent none. Absent if it may receive them. */
  readonly withoutCancelNotices?: true;
  /** The accepted interface, if the manifest sets `pinInterface`. */
  readonly pin?: InterfacePin;
  /** Position among the registrations of the tenant, from 1. Records of older versions have none and come first. */
  readonly ordinal?: number;
  /** Names of the service that another service had first on the shared endpoint, as `<kind> <name>`; at most 1,000. */
  readonly yields?: readonly string[];
  /** Ids that the service had before its target changed, newest first; at most 8. They still name the service. */
  readonly previousIds?: readonly string[];
  /** Records that this one replaced when it was stored. They are removed afterwards. */
  readonly replaces?: readonly { readonly serviceId: string; readonly revision: string }[];
}

/** A record with its revision in the store. */
export interface Service extends ServiceRecord {
  readonly revision: string;
  /** Tenant of the runtime that connects to the service; `default` if absent. Credentials are those of this tenant. */
  readonly tenant?: string;
}

/**
 * REGISTERED: stored, never started in this process. STARTING: connecting. RUNNING: connected, its tools can be called.
 * STOPPING: closing. STOPPED: not connected, by request or after a failed start. CRASHED: a running service ended.
 * NEEDS_LOGIN: the service wants a login of a person; nothing is retried until then.
 * QUARANTINED: starts are off until an operator lifts the quarantine.
 */
export type Lifecycle =
  'REGISTERED' | 'STARTING' | 'RUNNING' | 'STOPPING' | 'STOPPED' | 'CRASHED' | 'NEEDS_LOGIN' | 'QUARANTINED';

/** Result of the last request or health check in this process; UNKNOWN before the first. */
export type Health = 'UNKNOWN' | 'HEALTHY' | 'DEGRADED' | 'TIMEOUT' | 'UNAUTHORIZED' | 'UNREACHABLE';

/** Start (ISO 8601) of a start, and the newest line that the service has written to stderr. */
export interface StartProgress {
  readonly since: string;
  readonly line?: string;
}

/** Current state of a service, in the memory of the process that runs it. */
export interface ServiceStatus {
  readonly lifecycle: Lifecycle;
  readonly health: Health;
  /** Count of restarts in this process, requested or automatic. */
  readonly restartCount: number;
  /** Monotonic milliseconds of the change to RUNNING. */
  readonly runningSince?: number;
  readonly lastError?: string;
  /** The remedy of `lastError`, if the failure has one of its own. */
  readonly hint?: string;
  /** ISO 8601 time of the last response. */
  readonly lastHeartbeatAt?: string;
  /** ISO 8601 time of the next automatic start. */
  readonly retryAt?: string;
  /** Present during a start. */
  readonly starting?: StartProgress;
}

export const INITIAL_STATUS: ServiceStatus = { lifecycle: 'REGISTERED', health: 'UNKNOWN', restartCount: 0 };

/** Returns whether two states of a record run in the same way: notes of daemons, such as the pin and the era, may differ. */
export function isSameProgram(before: ServiceRecord | undefined, now: ServiceRecord | undefined): boolean {
  if (before === undefined || now === undefined) return false;
  const programOf = ({ manifest, artifact, hold }: ServiceRecord): string => JSON.stringify([manifest, artifact, hold]);
  return programOf(before) === programOf(now);
}
