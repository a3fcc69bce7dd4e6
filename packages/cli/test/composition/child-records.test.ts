import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { openFsStore, trustFolders, type FsStore } from '@clarity-runtime/adapter-store-fs';
import { ChildRecords } from '../../src/composition/child-records.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const child = { serviceId: 'svc_000000000001', pid: 4711, startedAt: '1', bootId: 'b' };

test('T-476 records of children that another program wrote or put back end no process', async () => {
  await using folder = await temporaryFolder();
  const open = (): Promise<FsStore> =>
    openFsStore({
      root: folder.path,
      trustFolders: trustFolders({ environment: {}, trustStore: join(folder.path, 'user') }),
    });
  const path = join(folder.path, '.clarity', 'runtime', 'children.json');
  const keep = async (store: FsStore, children: readonly (typeof child)[]): Promise<Buffer> => {
    const records = new ChildRecords(store.folder, store.trust);
    records.keep(children);
    await records[Symbol.asyncDispose]();
    return readFile(path);
  };
  let older: Buffer;
  {
    await using store = await open();
    older = await keep(store, [child]);
    await keep(store, [{ ...child, pid: 4712 }]);
  }
  const found = async (): Promise<readonly number[]> => {
    await using store = await open();
    expect(store.trust.state).toEqual({ trusted: true });
    return (await new ChildRecords(store.folder, store.trust).read()).map(({ pid }) => pid);
  };
  expect(await found()).toEqual([4712]);
  const newest = await readFile(path);
  await writeFile(path, older);
  expect(await found()).toEqual([]);
  await writeFile(path, newest.toString().replace('4712', '4713'));
  expect(await found()).toEqual([]);
  await writeFile(path, JSON.stringify([child]));
  expect(await found()).toEqual([]);
});
