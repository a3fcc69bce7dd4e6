import { systemCaller } from '../domain/access/caller.ts';
import type { ServiceRecord } from '../domain/services/service.ts';
import type { Revision, ServiceRegistry, Versioned, WriteContext } from '../ports/index.ts';
import { outcomeOf } from './outcome.ts';
import { registryWatchContract } from './registry-watch-contract.ts';
import type { TestKit } from './test-kit.ts';
import { hex } from '../domain/text/hex.ts';

/** `open` opens the same store again, so that the contract can check durability. */
export interface RegistrySetup {
  readonly open: () => Promise<ServiceRegistry>;
}

/** Returns a valid record. Records with different `note` differ. */
export function sampleRecord(module: string, note = ''): ServiceRecord {
  const digits = hex(new TextEncoder().encode(module));
  return {
    schema: 1,
    serviceId: `svc_${digits.slice(0, 12).padEnd(12, '0')}`,
    namespace: module,
    manifest: {
      apiVersion: 'clarity.runtime/v1',
      kind: 'MCPService',
      metadata: { sourceFile: `/${module}.clarity`, module, displayName: `${module} ${note}` },
      spec: {
        origin: { type: 'local_wasm', wasmPath: `/${module}.wasm`, entry: 'mcp_main' },
        enabled: true,
        autostart: false,
        policyRef: 'default',
        restartPolicy: { mode: 'never', maxRestarts: 0, windowSeconds: 60 },
      },
    },
  };
}

let ops = 0;
/** Returns the context of a new write. */
export const sampleWrite = (op = `op-${String((ops += 1))}`): WriteContext => ({ caller: systemCaller, op });

/** Contract of a `ServiceRegistry`. */
export function serviceRegistryContract(kit: TestKit, name: string, setup: () => Promise<RegistrySetup>): void {
  const { describe, test, expect } = kit;
  const fresh = async (): Promise<ServiceRegistry> => (await setup()).open();
  const put = (
    r: ServiceRegistry,
    record: ServiceRecord,
    revision: Revision = 'absent',
  ): Promise<Versioned<ServiceRecord>> => r.put('default', record, revision, sampleWrite());
  const [a, b, c] = [sampleRecord('a'), sampleRecord('b'), sampleRecord('c')];

  describe(`ServiceRegistry contract: ${name}`, () => {
    test('list is ordered by id', async () => {
      const r = await fresh();
      await put(r, b);
      await put(r, a);
      expect((await r.list('default')).map((item) => item.value.namespace)).toEqual(['a', 'b']);
    });
    test('every write has a new revision, also after a removal', async () => {
      const r = await fresh();
      const first = await put(r, a);
      const second = await put(r, sampleRecord('a', 'again'), first.revision);
      await r.remove('default', a.serviceId, second.revision, sampleWrite());
      const third = await put(r, a);
      expect(new Set([first.revision, second.revision, third.revision]).size).toEqual(3);
    });
    test('a write with another expected revision is a conflict and changes nothing', async () => {
      const r = await fresh();
      const first = await put(r, a);
      expect(await outcomeOf(put(r, sampleRecord('a', 'x')))).toEqual('conflict');
      expect(await outcomeOf(put(r, b, first.revision))).toEqual('conflict');
      expect(await outcomeOf(r.remove('default', a.serviceId, 'r-none', sampleWrite()))).toEqual('conflict');
      expect(await r.get('default', a.serviceId)).toEqual(first);
    });
    test('a repeated operation succeeds and changes nothing', async () => {
      const r = await fresh();
      const write = sampleWrite();
      const first = await r.put('default', a, 'absent', write);
      expect(await r.put('default', a, 'absent', write)).toEqual(first);
    });
    test('removing an absent record succeeds with absent and any', async () => {
      const r = await fresh();
      await r.remove('default', a.serviceId, 'any', sampleWrite());
      await r.remove('default', a.serviceId, 'absent', sampleWrite());
      expect(await r.list('default')).toEqual([]);
    });
    test('overlapping writes are all stored', async () => {
      const r = await fresh();
      await Promise.all([c, a, b].map((record) => put(r, record)));
      expect((await r.list('default')).map((item) => item.value.namespace)).toEqual(['a', 'b', 'c']);
    });
    test('sixteen writers that compare and set twenty times each end at exactly 320', async () => {
      const r = await fresh();
      await put(r, sampleRecord('a', '0'));
      const increment = async (): Promise<void> => {
        for (;;) {
          const found = await r.get('default', a.serviceId);
          const count = Number(found?.value.manifest.metadata.displayName?.slice(2)) + 1;
          if ((await outcomeOf(put(r, sampleRecord('a', String(count)), found?.revision))) === 'ok') return;
        }
      };
      const writer = async (): Promise<void> => {
        for (let turn = 0; turn < 20; turn += 1) await increment();
      };
      await Promise.all(Array.from({ length: 16 }, writer));
      expect((await r.get('default', a.serviceId))?.value.manifest.metadata.displayName).toEqual('a 320');
    });
    test('stored records do not change with the given or the returned object', async () => {
      const r = await fresh();
      const mine = structuredClone(a) as { namespace: string };
      const returned = await put(r, mine as ServiceRecord);
      mine.namespace = 'changed';
      (returned.value as { namespace: string }).namespace = 'changed';
      const found = await r.get('default', a.serviceId);
      expect(found?.value).toEqual(a);
    });
    test('unknown members of a record are stored', async () => {
      const s = await setup();
      const r = await s.open();
      const foreign = { ...a, later: { kept: true } };
      const { revision } = await put(r, foreign);
      await put(r, { ...foreign, namespace: 'renamed' }, revision);
      expect((await r.get('default', a.serviceId))?.value).toEqual({ ...foreign, namespace: 'renamed' });
    });
    test('the same operation with other content is a conflict', async () => {
      const r = await fresh();
      const write = sampleWrite();
      const first = await r.put('default', a, 'absent', write);
      expect(await outcomeOf(r.put('default', sampleRecord('a', 'other'), 'absent', write))).toEqual('conflict');
      expect(await r.get('default', a.serviceId)).toEqual(first);
    });
    test('a stored record has its operation and a time', async () => {
      const r = await fresh();
      const item = await r.put('default', a, 'absent', sampleWrite('op-of-a'));
      expect([item.op, new Date(item.writtenAt).toISOString()]).toEqual(['op-of-a', item.writtenAt]);
      expect(await r.get('default', a.serviceId)).toEqual(item);
    });
    test('a write with any succeeds for every stored revision', async () => {
      const r = await fresh();
      await r.put('default', a, 'any', sampleWrite());
      await r.put('default', sampleRecord('a', 'again'), 'any', sampleWrite());
      expect((await r.get('default', a.serviceId))?.value).toEqual(sampleRecord('a', 'again'));
      await r.remove('default', a.serviceId, 'any', sampleWrite());
      expect(await r.get('default', a.serviceId)).toEqual(undefined);
    });
    test('a record over maxValueBytes is rejected and changes nothing', async () => {
      const r = await fresh();
      const large = sampleRecord('a', 'x'.repeat(r.capabilities.maxValueBytes));
      expect(await outcomeOf(put(r, large))).toEqual('too_large');
      expect(await r.list('default')).toEqual([]);
    });
    registryWatchContract(kit, {
      fresh,
      put,
      remove: (r, { value, revision }) => r.remove('default', value.serviceId, revision, sampleWrite()),
      record: sampleRecord,
    });
    test('an aborted write changes nothing', async () => {
      const r = await fresh();
      const signal = AbortSignal.abort();
      expect(await outcomeOf(r.put('default', a, 'absent', { ...sampleWrite(), signal }))).toEqual('aborted');
      expect(await r.list('default')).toEqual([]);
    });
    test('dispose ends watches, and later operations are rejected', async () => {
      const r = await fresh();
      const watching = r.watch('default', 'snapshot', new AbortController().signal)[Symbol.asyncIterator]();
      await watching.next();
      await r[Symbol.asyncDispose]();
      expect((await watching.next()).done).toEqual(true);
      expect(await outcomeOf(r.list('default'))).toEqual('closed');
      expect(await outcomeOf(put(r, a))).toEqual('closed');
      expect(await outcomeOf(r.get('default', a.serviceId))).toEqual('closed');
      expect(await outcomeOf(r.remove('default', a.serviceId, 'any', sampleWrite()))).toEqual('closed');
    });
    test('a reopened store has the declared durability', async () => {
      const s = await setup();
      const r = await s.open();
      const first = await put(r, a);
      await r[Symbol.asyncDispose]();
      const again = await (await s.open()).get('default', a.serviceId);
      expect(again).toEqual(r.capabilities.durable === 'memory' ? undefined : first);
    });
  });
}
