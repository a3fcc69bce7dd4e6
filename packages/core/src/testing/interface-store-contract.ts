import type { InterfaceStore } from '../ports/index.ts';
import type { TestKit } from './test-kit.ts';

/** Contract of an `InterfaceStore`. */
export function interfaceStoreContract(kit: TestKit, name: string, open: () => Promise<InterfaceStore>): void {
  const { describe, test, expect } = kit;
  const id = 'process:npx some/package@1';

  describe(`InterfaceStore contract: ${name}`, () => {
    test('load returns the newest document of a service, character by character', async () => {
      const store = await open();
      await store.save('default', id, 'first');
      const document = '{"a":"\u00e4\u20ac\ud83d\ude00\\n"}\n\n';
      await store.save('default', id, document);
      expect(await store.load('default', id)).toEqual(document);
    });
    test('load returns undefined for a service without a document', async () => {
      const store = await open();
      await store.save('default', id, 'one');
      expect(await store.load('default', `${id}0`)).toEqual(undefined);
    });
    test('services and tenants share nothing', async () => {
      const store = await open();
      await store.save('default', id, 'one');
      await store.save('default', `${id}/../other`, 'two');
      await store.save('other', id, 'three');
      const all = [store.load('default', id), store.load('default', `${id}/../other`), store.load('other', id)];
      expect(await Promise.all(all)).toEqual(['one', 'two', 'three']);
    });
    test('remove deletes one document, and succeeds without one', async () => {
      const store = await open();
      await store.save('default', id, 'one');
      await store.save('default', 'other', 'two');
      await store.remove('default', id);
      await store.remove('default', id);
      expect(await store.load('default', id)).toEqual(undefined);
      expect(await store.load('default', 'other')).toEqual('two');
    });
  });
}
