import { sha256Hex } from '../domain/json/digest.ts';
import type { ArtifactStore } from '../ports/index.ts';
import type { TestKit } from './test-kit.ts';

/** Contract of an `ArtifactStore`. */
export function artifactStoreContract(kit: TestKit, name: string, open: () => Promise<ArtifactStore>): void {
  const { describe, test, expect } = kit;
  const bytes = Uint8Array.of(0, 97, 115, 109);

  describe(`ArtifactStore contract: ${name}`, () => {
    test('get returns the bytes that put stored under their digest', async () => {
      const store = await open();
      const sha256 = await store.put('default', 'wasm', bytes);
      expect(sha256).toEqual(sha256Hex(bytes));
      expect([...((await store.get('default', 'wasm', sha256)) ?? [])]).toEqual([...bytes]);
    });
    test('kinds have separate artifacts', async () => {
      const store = await open();
      const sha256 = await store.put('default', 'wasm', bytes);
      expect(await store.get('default', 'interface', sha256)).toEqual(undefined);
    });
    test('tenants have separate artifacts', async () => {
      const store = await open();
      const sha256 = await store.put('default', 'wasm', bytes);
      expect(await store.get('other', 'wasm', sha256)).toEqual(undefined);
    });
    test('put of the same bytes changes nothing', async () => {
      const store = await open();
      expect(await store.put('default', 'wasm', bytes)).toEqual(await store.put('default', 'wasm', bytes));
    });
    test('get returns undefined for an absent artifact', async () => {
      expect(await (await open()).get('default', 'wasm', 'a'.repeat(64))).toEqual(undefined);
    });
    test('stored bytes do not change with the given or the returned array', async () => {
      const store = await open();
      const mine = bytes.slice();
      const sha256 = await store.put('default', 'wasm', mine);
      mine[0] = 255;
      const got = await store.get('default', 'wasm', sha256);
      if (got !== undefined) got[1] = 255;
      expect([...((await store.get('default', 'wasm', sha256)) ?? [])]).toEqual([...bytes]);
    });
  });
}
