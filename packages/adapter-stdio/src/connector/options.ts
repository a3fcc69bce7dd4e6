import type { CredentialResolver } from '@clarity-runtime/core/ports';
import type { FoundSandbox } from '../isolation/sandbox.ts';
import type { ChildRecord } from '../process/child-record.ts';
import type { ProcessSystem } from '../process/process-system.ts';

/** Settings of `processConnector`. */
export interface ProcessConnectorOptions {
  /** Base of a relative `cwd`, and the working directory of a process whose manifest has no `cwd`. */
  readonly workspace: string;
  /** Variables to inherit from. A child gets those of a documented list, unless its manifest sets `inheritEnv`. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Names that are added to the list of inherited variables; a name after `-` is removed from it. */
  readonly inherit?: readonly string[];
  /** Resolves `secretRef` in the environment of a manifest. Without it such entries are rejected. */
  readonly credentials?: CredentialResolver;
  /** Files and folders besides `.clarity` of the workspace that a sandbox hides from services. */
  readonly hidden?: readonly string[];
  /** Finds the sandbox of this machine. Tests replace it. */
  readonly findSandbox?: () => Promise<FoundSandbox>;
  /** Called with all running children whenever the set changes. A later boot passes them to `sweepLeftovers`. */
  readonly remember?: (children: readonly ChildRecord[]) => void;
  /** Called before each start with the begin of `CLARITY_BOOT_ID` that all children of this connector have. */
  readonly onStarting?: (boot: string) => void;
  readonly limits?: Partial<ProcessLimits>;
  /** Starts processes; those of the platform if absent. */
  readonly system?: ProcessSystem;
}

/** Limits of every process of one connector. */
export interface ProcessLimits {
  /** Milliseconds that a call may be idle, unless the caller or the manifest sets them. */
  readonly callTimeoutMs: number;
  /** Milliseconds of a call with all its messages, unless the caller or the manifest sets them. */
  readonly maxCallTimeoutMs: number;
  /** Maximum bytes of one message of the service, unless a request in flight allows a larger reply. */
  readonly maxMessageBytes: number;
  /** Milliseconds that `server/discover` may take. After that the service is treated as legacy. */
  readonly probeMs: number;
  /** Milliseconds between the end of stdin, SIGTERM and SIGKILL when a process is closed. */
  readonly graceMs: number;
}

/** The limits of child processes without other settings. */
export const DEFAULT_PROCESS_LIMITS: ProcessLimits = {
  callTimeoutMs: 120_000,
  maxCallTimeoutMs: 600_000,
  maxMessageBytes: 16 * 1024 * 1024,
  probeMs: 4_000,
  graceMs: 2_000,
};
