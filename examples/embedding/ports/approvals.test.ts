import { expect, test } from '@jest/globals';
import { createContainer, createRuntime, embeddedCaller, grantOf, PORT, type Caller } from '@clarity-runtime/core';
import { AnnouncedApprovals } from './approval-store.ts';

const agent: Caller = {
  ...embeddedCaller,
  principal: { kind: 'user', id: 'agent' },
  door: 'mcp',
  grants: [grantOf('read', 'call', 'operate', 'provision')],
};

test('approvalStore: the application announces a request to its operators', async () => {
  const told: string[] = [];
  const approvals = new AnnouncedApprovals(({ tool }) => told.push(tool));
  const container = createContainer().register(PORT.approvalStore, { useValue: approvals });
  await using runtime = await createRuntime({ container, options: { controlTools: true, approveProvisioning: true } });
  await runtime.tools.call(agent, {
    name: 'runtime__remove_service',
    arguments: { service_id: 'svc_000000000000', cleanup_artifacts: true },
  });
  expect(told).toEqual(['remove_service']);
});
