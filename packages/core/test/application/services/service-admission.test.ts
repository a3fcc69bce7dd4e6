import { expect, test } from '@jest/globals';
import { ClarityError, type ServiceArtifact } from '@clarity-runtime/core';
import { MemoryServiceRegistry } from '@clarity-runtime/core/memory';
import { manifestOf } from '../../support/fake-connector.ts';
import { operator } from '../../support/speak.ts';
import { stage } from '../../support/supervised.ts';

test('R31h a record of version 0.9 gets its stored code at the first start, or the start says which file is missing', async () => {
  const registry = new MemoryServiceRegistry();
  const manifest = manifestOf('old');
  const record = { schema: 1, serviceId: 'svc_0123456789ab', namespace: 'old', manifest } as const;
  await registry.put('default', record, 'absent', { caller: operator, op: 'import-1' });
  const s = await stage({ registry });
  let admit = (): Promise<ServiceArtifact | undefined> =>
    Promise.reject(new ClarityError('ARTIFACT_UNREADABLE', '/src/old.wasm does not exist'));
  s.connector.admit = () => admit() as Promise<undefined>;
  const failed = await s.runtime.services.start(operator, record.serviceId);
  expect(failed.status).toMatchObject({ lifecycle: 'STOPPED', lastError: expect.stringContaining('/src/old.wasm') });
  const wasmSha256 = 'a'.repeat(64);
  admit = () => Promise.resolve({ wasmSha256 });
  expect((await s.runtime.services.start(operator, record.serviceId)).status.lifecycle).toBe('RUNNING');
  expect((await registry.get('default', record.serviceId))?.value.artifact).toEqual({ wasmSha256 });
});
