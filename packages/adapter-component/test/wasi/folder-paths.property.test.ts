import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { runs } from '../../../../test/support/runs.ts';
import { filesystem } from '../../src/wasi/filesystem.ts';
import { pathInside } from '../../src/wasi/folder-paths.ts';
import type { Descriptor } from '../../src/wasi/descriptor.ts';

const outside = realpathSync(mkdtempSync(join(tmpdir(), 'clarity-folders-')));
const root = join(outside, 'granted');
mkdirSync(join(root, 'sub'), { recursive: true });
writeFileSync(join(outside, 'secret.txt'), 'secret');
writeFileSync(join(root, 'note.txt'), 'note');
symlinkSync(outside, join(root, 'out'));
symlinkSync(join(outside, 'secret.txt'), join(root, 'sub', 'link.txt'));

afterAll(() => {
  rmSync(outside, { recursive: true });
});

const codeOf = (work: () => unknown): unknown => {
  try {
    work();
    return undefined;
  } catch (error) {
    return (error as { readonly payload?: unknown }).payload;
  }
};

test('T-571 no path of a component leads out of its folder', () => {
  const step = fc.constantFrom('..', '.', '', 'sub', 'out', 'link.txt', 'note.txt', 'new', 'secret.txt', '\0', 'etc');
  fc.assert(
    fc.property(fc.array(step, { maxLength: 8 }), fc.boolean(), (steps, isNested) => {
      try {
        const found = pathInside(root, isNested ? join(root, 'sub') : root, steps.join('/'));
        expect(found === root || found.startsWith(root + sep)).toBe(true);
        const isLink = [join(root, 'out'), join(root, 'sub', 'link.txt')].some((link) =>
          `${found}${sep}`.startsWith(link + sep),
        );
        expect(isLink).toBe(false);
      } catch (error) {
        expect(error).toHaveProperty('payload', expect.any(String));
      }
    }),
    { numRuns: runs(500) },
  );
});

function folder(access: 'ro' | 'rw'): Descriptor {
  const { preopens } = filesystem([{ path: root, guest: '/data', access }]);
  const [[descriptor]] = (preopens as { getDirectories(): [[Descriptor, string]] }).getDirectories();
  return descriptor;
}

test('T-571 a folder that is granted for reading cannot be changed, and links are not followed or made', () => {
  const readable = folder('ro');
  const file = readable.openAt({}, 'note.txt', {}, { read: true });
  expect(Buffer.from(file.read(100n, 0n)[0]).toString()).toBe('note');
  expect(codeOf(() => file.write(Buffer.from('x'), 0n))).toBe('read-only');
  expect(codeOf(() => readable.openAt({}, 'note.txt', {}, { write: true }))).toBe('read-only');
  expect(codeOf(() => readable.openAt({}, 'new.txt', { create: true }, {}))).toBe('read-only');
  expect(
    codeOf(() => {
      readable.unlinkFileAt('note.txt');
    }),
  ).toBe('read-only');
  const writable = folder('rw');
  expect(codeOf(() => writable.openAt({ symlinkFollow: true }, 'sub/link.txt', {}, { read: true }))).toBe('loop');
  expect(codeOf(() => writable.openAt({ symlinkFollow: true }, 'out/secret.txt', {}, { read: true }))).toBe('loop');
  expect(codeOf(() => writable.symlinkAt())).toBe('not-permitted');
  const made = writable.openAt({}, 'sub/new.txt', { create: true }, { read: true, write: true });
  made.write(Buffer.from('hello'), 0n);
  expect(Buffer.from(made.read(5n, 0n)[0]).toString()).toBe('hello');
  writable.renameAt('sub/new.txt', writable, 'moved.txt');
  writable.unlinkFileAt('moved.txt');
  expect(codeOf(() => writable.openAt({}, 'moved.txt', {}, { read: true }))).toBe('no-entry');
});
