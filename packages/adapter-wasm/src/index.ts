export { localWasmConnector, type LocalWasmParts } from './local-wasm-connector.ts';
export type { PoolStats } from './host/worker-pool.ts';
export { WorkerWasmHost, type WorkerWasmHostOptions } from './worker-wasm-host.ts';
