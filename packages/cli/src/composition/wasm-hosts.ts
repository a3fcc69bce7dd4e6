import { randomUUID } from 'node:crypto';
import { BOOT_MARK, SERVICE_MARK, type ServicePeers } from '@clarity-runtime/adapter-stdio';
import { ProcessWasmHost, WorkerWasmHost, type PoolStats } from '@clarity-runtime/adapter-wasm';
import type { WasmHost, WasmLimits } from '@clarity-runtime/core/ports';

/** Where modules run: in child processes, or in threads of this process. */
export type WasmHostKind = 'process' | 'thread';

export interface WasmHosts {
  readonly host: WasmHost & AsyncDisposable & { readonly stats: PoolStats };
  /** Loads modules on admission only, so that running modules do not delay it. */
  readonly admissionHost: WasmHost & AsyncDisposable;
}

/** Limits of modules whose manifests set none. */
export const DEFAULT_MODULE_LIMITS: WasmLimits = {
  deadlineMs: 2_000,
  maxMemoryBytes: 64 * 1024 * 1024,
  maxResultBytes: 1024 * 1024,
};

/** Milliseconds that the process of admissions waits for the next one. */
const ADMISSION_IDLE_MS = 10_000;

/** Returns the hosts of local modules. A connection that a guest host opens counts as one of a service. */
export function wasmHosts(kind: WasmHostKind, peers: ServicePeers): WasmHosts {
  if (kind === 'thread') return { host: new WorkerWasmHost(), admissionHost: new WorkerWasmHost({ maxWorkers: 1 }) };
  const boot = randomUUID();
  const environment = { [SERVICE_MARK]: 'guest-host', [BOOT_MARK]: boot };
  // A daemon that has started no process of a service looks up no connection.
  const onStarting = (): void => {
    peers.add(boot);
  };
  return {
    host: new ProcessWasmHost({ environment, onStarting }),
    admissionHost: new ProcessWasmHost({ environment, onStarting, idleMs: ADMISSION_IDLE_MS }),
  };
}
