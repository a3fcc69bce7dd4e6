import { expect, test } from '@jest/globals';
import { createRuntime, embeddedCaller, grantOf, remote, type Caller, type Runtime } from '@clarity-runtime/core';
import { httpConnector } from '@clarity-runtime/adapter-http';
import { createAppContainer } from './replace-a-port.ts';

const reader: Caller = {
  ...embeddedCaller,
  credential: { kind: 'none', id: 'reader' },
  grants: [grantOf('read')],
};
const manifest = remote('https://mcp.example.com', { module: 'far', autostart: false });
const kinds = async (runtime: Runtime): Promise<readonly string[]> =>
  (await runtime.audit.recent(embeddedCaller, { limit: 9 })).map(({ kind }) => kind);

test('the replaced telemetry passes refusals to the alert of the application', async () => {
  const alerts: string[] = [];
  const container = createAppContainer(({ kind, caller }) => alerts.push(`${kind} ${caller?.id ?? '-'}`));
  await using runtime = await createRuntime({ container });
  await expect(runtime.services.apply(reader, manifest)).rejects.toMatchObject({ code: 'GRANT_REQUIRED' });
  expect(alerts).toEqual(['security.denied reader']);
});

test('runtimes of one container share the registry and audit separately', async () => {
  const container = createAppContainer(() => undefined);
  await using first = await createRuntime({ container, adapters: { connectors: [httpConnector()] } });
  await first.services.apply(embeddedCaller, manifest);
  await using second = await createRuntime({ container, adapters: { connectors: [httpConnector()] } });
  expect(second.services.list(embeddedCaller).map(({ service }) => service.namespace)).toEqual(['far']);
  expect(await kinds(first)).toEqual(['runtime.started', 'service.manifest_applied']);
  expect(await kinds(second)).toEqual(['runtime.started']);
});
