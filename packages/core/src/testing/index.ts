export { artifactStoreContract } from './artifact-store-contract.ts';
export { auditStoreContract } from './audit-store-contract.ts';
export type { OpenAuditStore } from './open-audit-store.ts';
export { clientConfigContract, type ClientConfigSetup } from './client-config-contract.ts';
export { credentialProviderContract, type ProviderSetup } from './credential-provider-contract.ts';
export { secretStoreContract } from './secret-store-contract.ts';
export type { Fault } from './fault.ts';
export { interfaceStoreContract } from './interface-store-contract.ts';
export { leasesContract, type LeasesSetup } from './leases-contract.ts';
export { limiterContract, type LimiterSetup } from './limiter-contract.ts';
export { wasmHostContract, type WasmHostSetup } from './wasm-host-contract.ts';
export { contractAnswer, type ContractAnswer } from './contract-service.ts';
export { serviceConnectorContract, type ConnectorSetup } from './service-connector-contract.ts';
export {
  sampleApproval,
  sampleLogin,
  samplePolicy,
  sampleProfile,
  sampleRecord,
  sampleToken,
  sampleWrite,
  type RecordSamples,
} from './record-samples.ts';
export type { RecordStoreSetup } from './record-contract-tools.ts';
export { recordStoreContract } from './record-store-contract.ts';
export {
  accessTokenStoreContract,
  approvalStoreContract,
  claimStoreContract,
  loginStoreContract,
  policyRegistryContract,
  profileStoreContract,
  serviceRegistryContract,
  type RegistrySetup,
} from './service-registry-contract.ts';
export { sampleEvent, telemetryContract, type TelemetrySetup } from './telemetry-contract.ts';
export type { TestKit } from './test-kit.ts';
export { withCallFaults, withFaults } from './with-faults.ts';
export { withTelemetryFaults } from './with-faults-telemetry.ts';
export { withStalls, type StallablePort } from './with-stalls.ts';
