import type { ClientConfig, ClientConfigs, GatewayEntry } from '@clarity-runtime/core/ports';

/** Settings of an assistant that the application itself ships. */
export interface Assistant {
  gateway?: GatewayEntry | undefined;
}

/** Returns the configuration of one assistant, whose settings are an object of the application. */
export function assistantConfig(assistant: Assistant, url: string): ClientConfigs {
  const place = { client: 'assistant', path: 'settings of the application' };
  const change = (entry: GatewayEntry | undefined, dryRun = false) => {
    const updated = JSON.stringify(entry) !== JSON.stringify(assistant.gateway);
    if (!dryRun) assistant.gateway = entry;
    const text = JSON.stringify(entry ?? '');
    return Promise.resolve({ ...place, updated, next: 'restart the assistant', diff: '', entry: updated ? text : '' });
  };
  const client: ClientConfig = {
    client: place.client,
    scopes: ['user'],
    transports: ['http'],
    state: () => Promise.resolve({ ...place, present: true, configured: assistant.gateway !== undefined }),
    put: (entry, { dryRun }) => change(entry, dryRun),
    remove: ({ dryRun }) => change(undefined, dryRun),
  };
  return { clients: [client], entry: () => ({ transport: 'http', url }) };
}
