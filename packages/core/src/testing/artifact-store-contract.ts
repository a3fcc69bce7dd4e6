import { sha256Hex } from '../domain/json/digest.ts';
import type { ArtifactStore } from '../ports/index.ts';
import type { TestKit } from './test-kit.ts';

/** What every ArtifactStore must do. */
export function artifactStoreContract(kit: TestKit, name: string, open: () => Promise<ArtifactStore>): void {
  const { describe, test, expect } = kit;
  const bytes = Uint8Array.of(0, 97, 115, 109);

  describe(`ArtifactStore contract: ${name}`, () => {
    test('bytes come back under their digest', async () => {
      const store = await open();
      const sha256 = await store.put('default', 'wasm', bytes);
      expect(sha256).toEqual(sha256Hex(bytes));
      expect([...((await store.get('default', 'wasm', sha256)) ?? [])]).toEqual([...bytes]);
    });
    test('kinds do not meet', async () => {
      const store = await open();
      const sha256 = await store.put('default', 'wasm', bytes);
      expect(await store.get('default', 'interface', sha256)).toEqual(undefined);
    });
    test('putting the same again changes nothing', async () => {
      const store = await open();
      expect(await store.put('default', 'wasm', bytes)).toEqual(await store.put('default', 'wasm', bytes));
    });
    test('what is absent is undefined', async () => {
      expect(await (await open()).get('default', 'wasm', 'a'.repeat(64))).toEqual(undefined);
    });
    test('what is returned and what was given are nobody else’s', async () => {
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
