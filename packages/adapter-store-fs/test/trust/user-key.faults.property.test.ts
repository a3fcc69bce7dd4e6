import * as fs from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { StoreError } from '@clarity-runtime/core';
import { openUserKey, type KeyFiles } from '../../src/trust/user-key.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const OPERATIONS = ['chmod', 'link', 'lstat', 'mkdir', 'open', 'rm'] as const;
type Operation = (typeof OPERATIONS)[number];

/** The operations of the file system; each call takes the next fault of its operation. */
function faultyFiles(faults: Partial<Record<Operation, readonly (string | undefined)[]>>): KeyFiles {
  const left = Object.fromEntries(OPERATIONS.map((name) => [name, [...(faults[name] ?? [])]]));
  const faulty = (name: Operation) =>
    ((...given: readonly never[]) => {
      const code = left[name]?.shift();
      if (code === undefined) return (fs[name] as (...given: readonly never[]) => unknown)(...given);
      return Promise.reject(Object.assign(new Error(`${code}: ${name}`), { code, syscall: name }));
    }) as never;
  return Object.fromEntries(OPERATIONS.map((name) => [name, faulty(name)])) as unknown as KeyFiles;
}

const codes = fc.constantFrom('EIO', 'ENOSPC', 'EACCES', 'EMFILE', 'ENFILE', 'EROFS', 'ENOMEM', 'EINTR');
const faults = fc.record(
  Object.fromEntries(
    OPERATIONS.map((name) => [name, fc.array(fc.option(codes, { nil: undefined }), { maxLength: 4 })]),
  ),
) as fc.Arbitrary<Record<Operation, (string | undefined)[]>>;

test('T-512 a key that exists is read or is an error: no failure replaces it by an ephemeral one', async () => {
  const folder = join(await temporaryFolder(), 'clarity');
  const macOf = async (files?: KeyFiles): Promise<string> => {
    const key = await openUserKey({ folder, ...(files === undefined ? {} : { files }) });
    expect(key.ephemeral).toBeUndefined();
    return key.seal('w').mac('l', Buffer.from('x'));
  };
  const mac = await macOf();
  await fc.assert(
    fc.asyncProperty(faults, async (given) => {
      // A folder that the user cannot enter has no key of this user.
      const lstat = given.lstat.map((code) => (code === 'EACCES' ? 'EIO' : code));
      const opened = await macOf(faultyFiles({ ...given, lstat })).catch((error: unknown) => error);
      if (typeof opened === 'string') expect(opened).toBe(mac);
      else expect(opened).toBeInstanceOf(StoreError);
      expect(await macOf()).toBe(mac);
      expect(await fs.readdir(folder)).toEqual(['user.key']);
    }),
    { numRuns: 60 },
  );
}, 60_000);

test.each(['EIO', 'EMFILE', 'ENFILE', 'EINTR'])('T-512 one %s while the key is read is repeated', async (code) => {
  const folder = join(await temporaryFolder(), 'clarity');
  const macOf = async (files?: KeyFiles): Promise<string> =>
    (await openUserKey({ folder, ...(files === undefined ? {} : { files }) })).seal('w').mac('l', Buffer.from('x'));
  const mac = await macOf();
  for (const name of ['mkdir', 'lstat', 'open'] as const)
    expect(await macOf(faultyFiles({ [name]: [code] }))).toBe(mac);
});

test('T-512 the first key of a full disk is ephemeral, with the reason', async () => {
  const folder = join(await temporaryFolder(), 'clarity');
  const full = await openUserKey({ folder, files: faultyFiles({ open: ['ENOSPC'] }) });
  expect(full.ephemeral).toContain('ENOSPC');
});
