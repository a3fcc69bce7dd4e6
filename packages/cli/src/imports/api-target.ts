import type { Origin } from '@clarity-runtime/core';
import type { RegisteredService } from '@clarity-runtime/core/internal';
import type { ApiClient } from '../api/api-client.ts';
import { startProblem } from '../api/service-problem.ts';
import { dropClientToken, type ClientTokens } from '../composition/client-tokens.ts';
import type { ImportTarget } from '../client-imports/import-target.ts';

/** Imports into a daemon through its HTTP API, with the tokens of this user. */
export const apiTarget = (api: ApiClient, tokens: ClientTokens): ImportTarget => ({
  setSecret: async (reference, value, destinations) =>
    (await api.setSecret(reference, value, destinations)).warnings ?? [],
  deleteSecret: async (reference) => (await api.deleteSecret(reference)).deleted,
  register: async (manifest) => (await api.apply(manifest, null)).service,
  start: async (serviceId) => {
    const { service } = await api.start(serviceId);
    const problem = startProblem(service);
    return { lifecycle: service.runtime.lifecycle, error: problem?.message, hint: problem?.hint };
  },
  find: async (serviceId) => {
    const { items } = await api.services();
    return items.some((item) => item.serviceId === serviceId) ? (await api.service(serviceId)).service : undefined;
  },
  remove: async (serviceId) => {
    await api.remove(serviceId, false);
  },
  dropToken: (name) => dropClientToken(tokens, name),
});

/** Returns the services of the daemon. */
export async function registeredServices(api: ApiClient): Promise<readonly RegisteredService[]> {
  const { items } = await api.services();
  const services: RegisteredService[] = [];
  for (const { serviceId, namespace } of items) {
    const { service } = await api.service(serviceId);
    services.push({ serviceId, namespace, origin: service.manifest.spec.origin as unknown as Origin });
  }
  return services;
}
