import type { ApprovalRecord } from '../domain/access/approval-record.ts';
import type { Profile } from '../domain/access/profile.ts';
import type { LoginRecord } from '../domain/login/login-record.ts';
import type { TokenRecord } from '../domain/access/token-record.ts';
import type { PolicyDocument } from '../domain/calls/policy-document.ts';
import type { ClaimRecord } from '../domain/services/namespace.ts';
import type { ServiceRecord } from '../domain/services/service.ts';
import {
  APPROVAL_SAMPLES,
  CLAIM_SAMPLES,
  LOGIN_SAMPLES,
  POLICY_SAMPLES,
  PROFILE_SAMPLES,
  SERVICE_SAMPLES,
  TOKEN_SAMPLES,
} from './record-samples.ts';
import type { RecordStoreSetup } from './record-contract-tools.ts';
import { recordStoreContract } from './record-store-contract.ts';
import type { TestKit } from './test-kit.ts';

/** Setup of `serviceRegistryContract`. */
export type RegistrySetup = RecordStoreSetup<ServiceRecord>;

/** Contract of a `ServiceRegistry`. */
export function serviceRegistryContract(kit: TestKit, name: string, setup: () => Promise<RegistrySetup>): void {
  recordStoreContract(kit, `services, ${name}`, SERVICE_SAMPLES, setup);
}

/** Contract of a `PolicyRegistry`. */
export function policyRegistryContract(
  kit: TestKit,
  name: string,
  setup: () => Promise<RecordStoreSetup<PolicyDocument>>,
): void {
  recordStoreContract(kit, `policies, ${name}`, POLICY_SAMPLES, setup);
}

/** Contract of an `AccessTokenStore`. */
export function accessTokenStoreContract(
  kit: TestKit,
  name: string,
  setup: () => Promise<RecordStoreSetup<TokenRecord>>,
): void {
  recordStoreContract(kit, `access tokens, ${name}`, TOKEN_SAMPLES, setup);
}

/** Contract of a `ProfileStore`. */
export function profileStoreContract(
  kit: TestKit,
  name: string,
  setup: () => Promise<RecordStoreSetup<Profile>>,
): void {
  recordStoreContract(kit, `profiles, ${name}`, PROFILE_SAMPLES, setup);
}

/** Contract of an `ApprovalStore`. */
export function approvalStoreContract(
  kit: TestKit,
  name: string,
  setup: () => Promise<RecordStoreSetup<ApprovalRecord>>,
): void {
  recordStoreContract(kit, `approvals, ${name}`, APPROVAL_SAMPLES, setup);
}

/** Contract of a `ClaimStore`. */
export function claimStoreContract(
  kit: TestKit,
  name: string,
  setup: () => Promise<RecordStoreSetup<ClaimRecord>>,
): void {
  recordStoreContract(kit, `claims, ${name}`, CLAIM_SAMPLES, setup);
}

/** Contract of a `LoginStore`. */
export function loginStoreContract(
  kit: TestKit,
  name: string,
  setup: () => Promise<RecordStoreSetup<LoginRecord>>,
): void {
  recordStoreContract(kit, `logins, ${name}`, LOGIN_SAMPLES, setup);
}
