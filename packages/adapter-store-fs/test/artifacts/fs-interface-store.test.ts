import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { interfaceStoreContract } from '@clarity-runtime/core/testing';
import { nodeFiles } from '../../src/files/file-operations.ts';
import { fsInterfaceStore } from '../../src/artifacts/fs-interface-store.ts';
import { workspaceSeal } from '../../src/trust/workspace-seal.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const seal = workspaceSeal([new Uint8Array(32).fill(7)], 'w1');
const open = async (key = seal) =>
  fsInterfaceStore({ folder: join(await temporaryFolder(), 'interfaces'), files: nodeFiles, seal: key });

interfaceStoreContract({ describe, test, expect }, 'files with marks', () => open());
interfaceStoreContract({ describe, test, expect }, 'files without a key', async () =>
  fsInterfaceStore({ folder: join(await temporaryFolder(), 'interfaces'), files: nodeFiles, seal: undefined }),
);

async function oneFile(folder: string): Promise<string> {
  const [name = ''] = await readdir(folder);
  return join(folder, name);
}

test('M15 fsInterfaceStore ignores a file that was changed, moved, or marked with another key', async () => {
  const folder = join(await temporaryFolder(), 'interfaces');
  const store = fsInterfaceStore({ folder, files: nodeFiles, seal });
  await store.save('default', 'a', '{"one":1}');
  const path = await oneFile(folder);
  const bytes = await readFile(path);
  const others = [
    workspaceSeal([new Uint8Array(32)], 'w1'),
    workspaceSeal([new Uint8Array(32).fill(7)], 'w2'),
    undefined,
  ];
  for (const other of others) {
    expect(await fsInterfaceStore({ folder, files: nodeFiles, seal: other }).load('default', 'a')).toBeUndefined();
  }
  for (const damaged of [bytes.subarray(1), bytes.subarray(0, -1), Buffer.concat([bytes, bytes]), Buffer.alloc(0)]) {
    await writeFile(path, damaged);
    expect(await store.load('default', 'a')).toBeUndefined();
  }
  await store.save('default', 'b', 'of b');
  const [, second = ''] = [
    path,
    ...(await readdir(folder)).map((name) => join(folder, name)).filter((p) => p !== path),
  ];
  await writeFile(second, bytes);
  expect(await store.load('default', 'b')).toBeUndefined();
});
