import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { zipEntries } from '../../src/installs/zip-archive.ts';
import { zipFile, type ZipPart } from '../support/zip-file.ts';

const limits = { maxEntryCount: 100, maxBytes: 1_000_000 };

test('zipEntries returns the files with their content', () => {
  const entries = zipEntries(
    zipFile([{ name: 'a/' }, { name: 'a/b.txt', text: 'hello' }, { name: 'c', mode: 0o100755 }]),
    limits,
  );
  expect(entries.map(({ path, isExecutable }) => [path, isExecutable])).toEqual([
    ['a/b.txt', false],
    ['c', true],
  ]);
  expect(Buffer.from(entries[0]?.read() ?? []).toString()).toBe('hello');
});

test.each<[string, readonly ZipPart[], string]>([
  ['a parent folder', [{ name: '../x' }], 'leads out of the bundle'],
  ['a hidden parent folder', [{ name: 'a/../../x' }], 'leads out of the bundle'],
  ['an absolute path', [{ name: '/etc/x' }], 'absolute or invalid path'],
  ['a drive', [{ name: 'C:/x' }], 'absolute or invalid path'],
  ['a backslash', [{ name: 'a\\..\\x' }], 'absolute or invalid path'],
  ['a link', [{ name: 'a', mode: 0o120777, text: '/etc/passwd' }], 'contains a link'],
  ['two names of one case', [{ name: 'A.txt' }, { name: 'a.txt' }], 'the same name'],
  ['too many bytes', [{ name: 'a', size: 2_000_000 }], 'more than 1000000 bytes'],
  ['an encrypted entry', [{ name: 'a', flags: 1 }], 'encrypted'],
  ['too many entries', Array.from({ length: 101 }, (_, at) => ({ name: String(at) })), 'the limit is 100'],
])('T-456 an archive with %s is refused', (_, parts, message) => {
  expect(() => zipEntries(zipFile(parts), limits)).toThrow(message);
});

test('T-457 an entry that is larger than it says is not inflated', () => {
  const [entry] = zipEntries(zipFile([{ name: 'a', text: 'x'.repeat(500_000), size: 10 }]), limits);
  expect(() => entry?.read()).toThrow('larger than it says');
});

test('any damaged archive is refused or read, and never throws another error', () => {
  const good = zipFile([
    { name: 'a', text: 'hello' },
    { name: 'b/c', text: 'world' },
  ]);
  fc.assert(
    fc.property(fc.nat(good.length - 1), fc.nat(255), fc.nat(good.length), (at, value, cut) => {
      const bytes = Buffer.from(good);
      bytes[at] = value;
      try {
        for (const entry of zipEntries(cut % 3 === 0 ? bytes.subarray(0, cut) : bytes, limits)) entry.read();
      } catch (error) {
        expect(error).toMatchObject({ name: 'Problem', message: expect.stringContaining('the bundle is refused') });
      }
    }),
  );
});
