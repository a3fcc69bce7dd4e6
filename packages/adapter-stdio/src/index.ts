/** Everything that Clarity Runtime speaks over standard streams. */
export { DEFAULT_PROCESS_LIMITS, type ProcessConnectorOptions, type ProcessLimits } from './connector/options.ts';
export { processConnector } from './connector/process-connector.ts';
export { BOOT_MARK, SERVICE_MARK } from './process/child-marks.ts';
export { leftoverProcesses, type LeftoverProcess } from './process/leftover-processes.ts';
export { ServicePeers, type LoopbackConnection } from './process/service-peers.ts';
export type { ChildRecord } from './process/child-record.ts';
export { sweepLeftovers, type Swept } from './process/sweep-leftovers.ts';
export { serveStdioBridge } from './bridge/stdio-bridge.ts';
export type { StdioBridgeLimits, StdioBridgeOptions } from './bridge/bridge-options.ts';
