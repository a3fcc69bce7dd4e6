import { expect, test } from '@jest/globals';
import { createRuntime, embeddedCaller, type EnvironmentEntry, type Manifest } from '@clarity-runtime/core';
import { redactedManifest } from '@clarity-runtime/core/internal';
import { FakeConnector, manifestOf } from '../../support/fake-connector.ts';

const CANARY = 'canary-4711';

function withEnv(...env: readonly EnvironmentEntry[]): Manifest {
  const manifest = manifestOf('calc');
  return { ...manifest, spec: { ...manifest.spec, origin: { ...manifest.spec.origin, env } as never } };
}

test('S06 values of variables are hidden; references to secrets and all other members are shown', () => {
  const reference = { name: 'TOKEN', secretRef: 'file:api/key' };
  const { spec, ...rest } = redactedManifest(withEnv({ name: 'KEY', value: CANARY }, reference));
  expect(spec.origin).toMatchObject({ env: [{ name: 'KEY', value: '***' }, reference] });
  const { spec: given, ...others } = manifestOf('calc');
  expect([rest, spec.restartPolicy]).toEqual([others, given.restartPolicy]);
});

test('a manifest with hidden values keeps the stored values when it is applied again', async () => {
  await using runtime = await createRuntime({ connectors: [new FakeConnector()] });
  const { service } = await runtime.services.apply(embeddedCaller, withEnv({ name: 'KEY', value: CANARY }));
  const shown = redactedManifest(service.manifest);
  const renamed = { ...shown, metadata: { ...shown.metadata, displayName: 'Calculator' } };
  const { manifest } = (await runtime.services.apply(embeddedCaller, renamed)).service;
  expect(manifest.metadata.displayName).toBe('Calculator');
  expect(manifest.spec.origin).toMatchObject({ env: [{ name: 'KEY', value: CANARY }] });
});

test('a hidden value without a stored value is rejected with its field, and nothing is registered', async () => {
  await using runtime = await createRuntime({ connectors: [new FakeConnector()] });
  const manifest = withEnv({ name: 'A', value: '1' }, { name: 'KEY', value: '***' });
  await expect(runtime.services.apply(embeddedCaller, manifest)).rejects.toMatchObject({
    failure: {
      code: 'MANIFEST_INVALID',
      field: 'spec.origin.env[1].value',
      hint: expect.stringContaining('secretRef'),
    },
  });
  expect(runtime.services.list(embeddedCaller)).toEqual([]);
});
