import type {
  AccessTokenStore,
  ApprovalStore,
  LoginStore,
  PolicyRegistry,
  ProfileStore,
  ServiceRegistry,
} from '@clarity-runtime/core/ports';
import { openState } from './open-state.ts';
import type { FsRegistryOptions } from './state-store.ts';

/** Opens the services of a folder that no other registry has open. @throws StoreError as `openState` does. */
export async function fsServiceRegistry(options: FsRegistryOptions): Promise<ServiceRegistry> {
  const state = await openState(options);
  await closeAll(state.policies, state.tokens, state.profiles, state.approvals, state.logins);
  return state.services;
}

/** Opens the policies of a folder that no other registry has open. @throws StoreError as `openState` does. */
export async function fsPolicyRegistry(options: FsRegistryOptions): Promise<PolicyRegistry> {
  const state = await openState(options);
  await closeAll(state.services, state.tokens, state.profiles, state.approvals, state.logins);
  return state.policies;
}

/** Opens the access tokens of a folder that no other registry has open. @throws StoreError as `openState` does. */
export async function fsAccessTokenStore(options: FsRegistryOptions): Promise<AccessTokenStore> {
  const state = await openState(options);
  await closeAll(state.services, state.policies, state.profiles, state.approvals, state.logins);
  return state.tokens;
}

/** Opens the profiles of a folder that no other registry has open. @throws StoreError as `openState` does. */
export async function fsProfileStore(options: FsRegistryOptions): Promise<ProfileStore> {
  const state = await openState(options);
  await closeAll(state.services, state.policies, state.tokens, state.approvals, state.logins);
  return state.profiles;
}

/** Opens the approvals of a folder that no other registry has open. @throws StoreError as `openState` does. */
export async function fsApprovalStore(options: FsRegistryOptions): Promise<ApprovalStore> {
  const state = await openState(options);
  await closeAll(state.services, state.policies, state.tokens, state.profiles, state.logins);
  return state.approvals;
}

/** Opens the logins of a folder that no other registry has open. @throws StoreError as `openState` does. */
export async function fsLoginStore(options: FsRegistryOptions): Promise<LoginStore> {
  const state = await openState(options);
  await closeAll(state.services, state.policies, state.tokens, state.profiles, state.approvals);
  return state.logins;
}

async function closeAll(...stores: readonly AsyncDisposable[]): Promise<void> {
  for (const store of stores) await store[Symbol.asyncDispose]();
}
