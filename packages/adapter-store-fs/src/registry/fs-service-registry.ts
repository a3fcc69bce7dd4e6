import type { PolicyRegistry, ServiceRegistry } from '@clarity-runtime/core/ports';
import { openState } from './open-state.ts';
import type { FsRegistryOptions } from './state-store.ts';

/** Opens the services of a folder that no other registry has open. @throws StoreError as `openState` does. */
export async function fsServiceRegistry(options: FsRegistryOptions): Promise<ServiceRegistry> {
  const state = await openState(options);
  await state.policies[Symbol.asyncDispose]();
  return state.services;
}

/** Opens the policies of a folder that no other registry has open. @throws StoreError as `openState` does. */
export async function fsPolicyRegistry(options: FsRegistryOptions): Promise<PolicyRegistry> {
  const state = await openState(options);
  await state.services[Symbol.asyncDispose]();
  return state.policies;
}
