import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { openUserKey } from '@clarity-runtime/adapter-store-fs';
import { Secret, type ServiceRecord, type UpstreamGrant } from '@clarity-runtime/core';
import { onBehalfOf, systemCaller } from '@clarity-runtime/core/internal';
import {
  MemoryAccessTokenStore,
  MemoryApprovalStore,
  MemoryArtifactStore,
  MemoryLoginStore,
  MemoryPolicyRegistry,
  MemoryProfileStore,
  MemorySecretStore,
  MemoryServiceRegistry,
} from '@clarity-runtime/core/memory';
import type { LoginSealer } from '@clarity-runtime/core/ports';
import { sampleLogin, samplePolicy, sampleRecord, withFaults, type Fault } from '@clarity-runtime/core/testing';
import fc from 'fast-check';
import { migrateStore, type MigratedStore } from '../../src/composition/store-migration.ts';
import { runs } from '../../../../test/support/runs.ts';

const empty = (): MigratedStore => ({
  records: {
    registry: new MemoryServiceRegistry(),
    policies: new MemoryPolicyRegistry(),
    accessTokens: new MemoryAccessTokenStore(),
    profiles: new MemoryProfileStore(),
    approvals: new MemoryApprovalStore(),
    logins: new MemoryLoginStore(),
  },
  secretStore: new MemorySecretStore(),
  artifacts: new MemoryArtifactStore(),
});

let ops = 0;
const context = (caller = systemCaller) => ({ caller, op: `op-${String((ops += 1))}` });

/** A store with services, policies, a secret of a client and a module. */
async function filled(count: number): Promise<MigratedStore> {
  const store = empty();
  const bytes = new Uint8Array([0, 97, 115, 109, count]);
  const wasmSha256 = await store.artifacts.put('default', 'wasm', bytes);
  for (let index = 0; index < count; index += 1) {
    const service: ServiceRecord = sampleRecord(`s${String(index)}`);
    const record = index === 0 ? { ...service, artifact: { wasmSha256 } } : service;
    await store.records.registry.put('default', record, 'absent', context());
    await store.records.policies.put('default', samplePolicy(`p${String(index)}`, 'x'), 'absent', context());
  }
  const write = { secret: new Secret('value'), hosts: ['api.example'], services: [] };
  const client = onBehalfOf({ principal: 'agent', door: 'mcp' });
  await store.secretStore.write('default', 'token', write, context(client));
  return store;
}

test('everything is copied, with the creators of secrets; the same migration again changes nothing', async () => {
  const [from, to] = [await filled(3), empty()];
  const counts = await migrateStore(from, to);
  expect(counts).toMatchObject({ registry: 3, policies: 3, secrets: 1, artifacts: 1 });
  expect((await to.secretStore.scope('default', 'token'))?.createdBy).toEqual({ principal: 'agent', door: 'mcp' });
  const before = await to.records.registry.list('default');
  expect(await migrateStore(from, to)).toEqual(counts);
  expect(await to.records.registry.list('default')).toEqual(before);
});

test('the tokens of a login are sealed again for the key of the target, and a repetition writes nothing', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'clarity-migration-'));
  const sealerOf = async (name: string): Promise<LoginSealer> =>
    (await openUserKey({ folder: join(folder, name) })).sealer;
  const [from, to] = [
    { ...(await filled(1)), sealer: await sealerOf('from') },
    { ...empty(), sealer: await sealerOf('to') },
  ];
  const record = sampleLogin('login-1') as UpstreamGrant;
  const place = { tenant: 'default', record: record.id };
  const sealed = from.sealer.seal(new Secret('refresh-token'), place);
  await from.records.logins.put('default', { ...record, sealed }, 'absent', context());
  expect(await migrateStore(from, to)).toMatchObject({ logins: 1 });
  const copy = await to.records.logins.get('default', record.id);
  const found = (copy?.value as UpstreamGrant).sealed;
  expect([to.sealer.open(found, place)?.reveal(), from.sealer.open(found, place)]).toEqual([
    'refresh-token',
    undefined,
  ]);
  await migrateStore(from, to);
  expect((await to.records.logins.get('default', record.id))?.revision).toBe(copy?.revision);
  await rm(folder, { recursive: true });
});

test('a target with a record of its own is refused, and nothing is written', async () => {
  const [from, to] = [await filled(2), empty()];
  await to.records.policies.put('default', samplePolicy('p0', 'mine'), 'absent', context());
  await expect(migrateStore(from, to)).rejects.toThrow("the target is not empty: it has policies 'p0'");
  expect((await to.records.registry.list('default')).items).toEqual([]);
  expect(await to.secretStore.names('default')).toEqual([]);
});

test('a dry run counts, and writes nothing', async () => {
  const [from, to] = [await filled(2), empty()];
  expect(await migrateStore(from, to, true)).toMatchObject({ registry: 2, policies: 2, secrets: 1 });
  expect((await to.records.policies.list('default')).items).toEqual([]);
});

test('law: a migration that fails at any write is completed by the same migration', async () => {
  const faults = fc.array(fc.constantFrom<Fault>('none', 'none', 'unavailable', 'delay'), { maxLength: 30 });
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 4 }), faults, async (count, given) => {
      const [from, target] = [await filled(count), empty()];
      const waiting = [...given];
      const { registry, policies } = target.records;
      const next = (): Fault => waiting.shift() ?? 'none';
      const faulty: MigratedStore = {
        ...target,
        records: { ...target.records, registry: withFaults(registry, next), policies: withFaults(policies, next) },
      };
      for (let turn = 0; turn < 40; turn += 1) {
        const done = await migrateStore(from, faulty).catch(() => undefined);
        if (done !== undefined) break;
      }
      const valuesOf = async ({ records }: MigratedStore) => [
        (await records.registry.list('default')).items.map(({ value }) => value),
        (await records.policies.list('default')).items.map(({ value }) => value),
      ];
      expect(await valuesOf(target)).toEqual(await valuesOf(from));
    }),
    { numRuns: runs(25) },
  );
});
