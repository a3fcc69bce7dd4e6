import type { Caller } from '@clarity-runtime/core';
import type { Credential } from '@clarity-runtime/core/ports';
import type { ChildRecord } from '../process/child-record.ts';

export interface ProcessConnectorOptions {
  /** Folder in which a process runs whose manifest names none. */
  readonly workspace: string;
  /** Where PATH, HOME, LANG and TMPDIR are taken from; nothing else of it reaches a child. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Resolves `secretRef` of the manifest's environment; without it such entries are refused. */
  readonly credentials?: (authRef: string, caller: Caller) => Promise<Credential>;
  /** Told whenever the set of running children changes, so that a later boot can find what this one left. */
  readonly remember?: (children: readonly ChildRecord[]) => void;
  readonly limits?: Partial<ProcessLimits>;
}

export interface ProcessLimits {
  /** Milliseconds for one call where neither the caller nor the manifest says otherwise. */
  readonly callTimeoutMs: number;
  /** Bytes of one message of the service, where nobody waits for a larger one. */
  readonly maxMessageBytes: number;
  /** Milliseconds that a service may take to say which era it speaks, before it is taken for a legacy one. */
  readonly probeMs: number;
  /** Milliseconds that what was seen of a command's era holds. */
  readonly eraHorizonMs: number;
  /** Milliseconds between the end of its input, SIGTERM and SIGKILL when a process is closed. */
  readonly graceMs: number;
}

export const DEFAULT_PROCESS_LIMITS: ProcessLimits = {
  callTimeoutMs: 20_000,
  maxMessageBytes: 1024 * 1024,
  probeMs: 4_000,
  eraHorizonMs: 600_000,
  graceMs: 2_000,
};
