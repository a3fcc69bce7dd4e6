export { openInThread, type InThreadModule, type InThreadRequest } from './worker/in-thread.ts';
export { localWasmConnector, type LocalWasmDependencies } from './connector/local-wasm-connector.ts';
export type { PoolStats } from './host/worker-pool.ts';
export { runTests, type TestModule, type TestOutcome } from './host/test-run.ts';
export { ProcessWasmHost, type ProcessWasmHostOptions } from './process/process-wasm-host.ts';
export { WorkerWasmHost, type WorkerWasmHostOptions } from './host/worker-wasm-host.ts';
