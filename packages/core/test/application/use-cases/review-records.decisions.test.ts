import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Manifest } from '@clarity-runtime/core';
import { localWasm } from '../../../src/domain/services/manifest-defaults.ts';
import { controlStage, provisioner, type ControlStage } from '../../support/control-stage.ts';
import { manifestOf } from '../../support/fake-connector.ts';
import { operator } from '../../support/speak.ts';
import { settled } from '../../support/supervised.ts';

const pinnedManifest = (): Manifest => {
  const { spec, ...rest } = manifestOf('calc');
  return { ...rest, spec: { ...spec, pinInterface: true } };
};
const tool = (description: string) => ({ name: 'add', description });

async function pinnedService({ runtime, connector }: ControlStage): Promise<string> {
  connector.tools.set('calc', [tool('Adds.')]);
  const { service } = await runtime.services.apply(operator, pinnedManifest());
  await runtime.services.start(operator, service.serviceId);
  await settled();
  return service.serviceId;
}

async function offer({ runtime, connector }: ControlStage, id: string, description: string): Promise<void> {
  connector.tools.set('calc', [tool(description)]);
  await runtime.services.introspect(operator, id);
  await settled();
}

test('T-424 R73g accept takes the interface whose digest was shown, or rejects when it changed since', async () => {
  await using stage = await controlStage();
  const id = await pinnedService(stage);
  const { interfaces } = stage.runtime;
  const texts = fc.array(fc.constantFrom('Adds.', 'EVIL 1', 'EVIL 2'), { minLength: 2, maxLength: 2 });
  await fc.assert(
    fc.asyncProperty(texts, fc.boolean(), async ([shown = '', present = ''], byRevision) => {
      await offer(stage, id, shown);
      const seen = await interfaces.review(operator, id);
      await offer(stage, id, present);
      const expected = byRevision ? { revision: seen.to } : { digest: seen.digest };
      const accepted = interfaces.accept(operator, id, undefined, expected);
      if (shown === present) expect(await accepted).toMatchObject({ held: [] });
      else {
        await expect(accepted).rejects.toMatchObject({ code: 'REVISION_CONFLICT' });
        const now = await interfaces.review(operator, id);
        await expect(accepted).rejects.toThrow(byRevision ? now.to : now.digest);
      }
    }),
    { numRuns: 25 },
  );
});

test('R73g the digest of a review changes when another operator accepts a part of the interface', async () => {
  await using stage = await controlStage();
  const id = await pinnedService(stage);
  stage.connector.tools.set('calc', [tool('EVIL'), { name: 'more' }]);
  await stage.runtime.services.introspect(operator, id);
  await settled();
  const { digest } = await stage.runtime.interfaces.review(operator, id);
  await stage.runtime.interfaces.accept(operator, id, ['more'], { digest });
  const late = stage.runtime.interfaces.accept(operator, id, undefined, { digest });
  await expect(late).rejects.toMatchObject({ code: 'REVISION_CONFLICT' });
  expect(stage.runtime.services.get(operator, id).isSuspicious).toBe(false);
});

const CHANGES = {
  nothing: () => undefined,
  file: ({ workspace }: ControlStage) => workspace.contents.set('/ws/calc.wasm', 'another module'),
  record: ({ runtime }: ControlStage) =>
    runtime.services.apply(operator, localWasm('/ws/calc.wasm', { sourceFile: '/s.clarity' })),
  policy: ({ runtime }: ControlStage) =>
    runtime.policies.apply(operator, {
      apiVersion: 'clarity.runtime/v1',
      kind: 'Policy',
      metadata: { name: 'default' },
      spec: { denyTools: ['x'] },
    }),
} as const;

test('R73g approve runs a registration only when file, record and policy are as they were shown', async () => {
  const change = fc.constantFrom(...(Object.keys(CHANGES) as (keyof typeof CHANGES)[]));
  await fc.assert(
    fc.asyncProperty(change, fc.boolean(), async (name, isNamed) => {
      await using stage = await controlStage({ approveProvisioning: true });
      const asked = { wasm_path: 'calc.wasm', source_file: '/s.clarity', start_now: false };
      await stage.call('register_local', asked, provisioner);
      const [shown] = await stage.runtime.approvals.list(operator);
      await CHANGES[name](stage);
      const approved = stage.runtime.approvals.approve(operator, shown?.id ?? '', isNamed ? shown?.digest : undefined);
      if (name === 'nothing') expect(await approved).toMatchObject({ state: 'approved' });
      else {
        await expect(approved).rejects.toMatchObject({ code: 'REVISION_CONFLICT' });
        const [now] = await stage.runtime.approvals.list(operator);
        expect(now?.digest).not.toBe(shown?.digest);
        expect(now?.state).toBe('pending');
      }
    }),
    { numRuns: 16 },
  );
});

test('T-385 R73h approve runs a registration only with the versions of the secrets that were shown', async () => {
  const change = fc.constantFrom('nothing', 'replaced', 'deleted', 'created', 'other');
  await fc.assert(
    fc.asyncProperty(change, async (name) => {
      await using stage = await controlStage({ approveProvisioning: true, mcpCommands: true });
      const { secrets, approvals } = stage.runtime;
      const destinations = { hosts: ['h.example'] };
      if (name !== 'created') await secrets.set(operator, 'file:bank', 'first-value', destinations);
      await secrets.set(operator, 'file:other', 'other-value', destinations);
      const spec = {
        ...manifestOf('far').spec,
        origin: {
          type: 'remote_mcp',
          endpoint: 'https://h.example/mcp',
          transport: 'streamable_http',
          authRef: 'file:bank',
        },
      };
      await stage.call('apply_manifest', { manifest: { ...manifestOf('far'), spec } }, provisioner);
      const [shown] = await approvals.list(operator);
      if (name === 'replaced') await secrets.set(operator, 'file:bank', 'second-value');
      if (name === 'created') await secrets.set(operator, 'file:bank', 'second-value');
      if (name === 'deleted') await secrets.remove(operator, 'file:bank');
      if (name === 'other') await secrets.set(operator, 'file:other', 'changed-value');
      const approved = approvals.approve(operator, shown?.id ?? '', shown?.digest);
      if (name === 'nothing' || name === 'other') await expect(approved).resolves.toHaveProperty('decidedBy');
      else await expect(approved).rejects.toMatchObject({ code: 'REVISION_CONFLICT' });
    }),
    { numRuns: 12 },
  );
});

test('R73i approve runs bootstrap_clarity_app only with the source, files and policy that were shown', async () => {
  const main = 'app/src/main.clarity';
  const changes = {
    nothing: () => undefined,
    file: ({ workspace }: ControlStage) => workspace.contents.set(main, 'module Edited'),
    policy: CHANGES.policy,
  } as const;
  const change = fc.constantFrom(...(Object.keys(changes) as (keyof typeof changes)[]));
  await fc.assert(
    fc.asyncProperty(change, async (name) => {
      await using stage = await controlStage({ approveProvisioning: true });
      const asked = { project_name: 'app', overwrite: true, start_now: false };
      await stage.call('bootstrap_clarity_app', asked, provisioner);
      expect(stage.workspace.files.size).toBe(0);
      const [shown] = await stage.runtime.approvals.list(operator);
      await changes[name](stage);
      const approved = stage.runtime.approvals.approve(operator, shown?.id ?? '', shown?.digest);
      if (name === 'nothing') {
        expect(await approved).toMatchObject({ state: 'approved' });
        expect(stage.workspace.files.has(main)).toBe(true);
      } else {
        await expect(approved).rejects.toMatchObject({ code: 'REVISION_CONFLICT' });
        expect(stage.workspace.files.size).toBe(0);
      }
    }),
    { numRuns: 9 },
  );
});

test('R73g two approvals of one request at the same time run it once', async () => {
  await using stage = await controlStage({ approveProvisioning: true });
  await stage.call('register_local', { wasm_path: 'calc.wasm' }, provisioner);
  const [shown] = await stage.runtime.approvals.list(operator);
  const both = await Promise.allSettled(
    [0, 1].map(() => stage.runtime.approvals.approve(operator, shown?.id ?? '', shown?.digest)),
  );
  expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  expect(stage.connector.opened).toBe(1);
});

test('R73g apply replaces the record whose digest was shown, or rejects when it changed since', async () => {
  await using stage = await controlStage();
  const { services } = stage.runtime;
  const first = await services.apply(operator, manifestOf('calc'), { digest: null });
  await expect(services.apply(operator, manifestOf('calc'), { digest: null })).rejects.toMatchObject({
    code: 'REVISION_CONFLICT',
  });
  const second = await services.apply(operator, pinnedManifest(), { digest: first.digest });
  expect(second.digest).not.toBe(first.digest);
  const late = services.apply(operator, manifestOf('calc'), { digest: first.digest });
  await expect(late).rejects.toThrow(second.digest);
  expect(services.get(operator, first.service.serviceId).service.manifest.spec.pinInterface).toBe(true);
});
