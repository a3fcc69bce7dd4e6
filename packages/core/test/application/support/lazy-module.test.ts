import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isClarityError } from '@clarity-runtime/core';
import { lazyModule } from '../../../src/application/support/lazy-module.ts';

const run = promisify(execFile);
const file = '/folder with %41 space/ü?#.js';
const unreadable = (code: string): Error =>
  Object.assign(new Error(`${code}: open '${file}'`), { code, syscall: 'open', path: file });

test('T-511 a module that could not be read is loaded by the first call after the shortage, and only once', async () => {
  const codes = fc.constantFrom('EMFILE', 'ENFILE', 'EIO', 'ENOMEM', 'EACCES');
  await fc.assert(
    fc.asyncProperty(fc.array(codes, { maxLength: 6 }), async (faults) => {
      const urls: string[] = [];
      let evaluations = 0;
      let first: Promise<{ readonly value: number }> | undefined;
      const read = (): Promise<{ readonly value: number }> => {
        const code = faults.shift();
        if (code !== undefined) return Promise.reject(unreadable(code));
        evaluations += 1;
        return Promise.resolve({ value: 7 });
      };
      const module = lazyModule({
        load: () => (first ??= read()),
        has: 'value',
        importUrl: (url) => {
          urls.push(url);
          return read();
        },
      });
      const count = faults.length;
      for (let failed = 0; failed < count - 1; failed += 1)
        await expect(module()).rejects.toMatchObject({ failure: { code: 'RESOURCE_EXHAUSTED' } });
      expect((await module()).value).toBe(7);
      expect(await module()).toBe(await module());
      expect(evaluations).toBe(1);
      expect(new Set(urls).size).toBe(urls.length);
      for (const url of urls) expect(decodeURIComponent(new URL(url).pathname)).toBe(file);
    }),
  );
});

test('T-511 the error of a module, and another file than that of the module, are failures', async () => {
  const bug = new TypeError('a bug');
  await expect(lazyModule({ load: () => Promise.reject(bug), has: 'name' })()).rejects.toBe(bug);
  const other = lazyModule<{ readonly own: number }>({
    load: () => Promise.reject(unreadable('EIO')),
    has: 'own',
    importUrl: () => Promise.resolve({ value: 1 }),
  });
  const failure: unknown = await other().catch((error: unknown) => error);
  expect(isClarityError(failure) && failure.code).toBe('RESOURCE_EXHAUSTED');
});

test('T-511 a process without descriptors loads a module after some are free', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'clarity lazy-'));
  const internal = new URL('../../../dist/internal.js', import.meta.url).href;
  await writeFile(join(folder, 'late module.mjs'), 'export const value = 7;');
  await writeFile(
    join(folder, 'main.mjs'),
    `import { closeSync, openSync } from 'node:fs';
     import { lazyModule } from ${JSON.stringify(internal)};
     const module = lazyModule({ load: () => import('./late%20module.mjs'), has: 'value' });
     const held = [];
     try { for (;;) held.push(openSync('/dev/null')); } catch {}
     const first = await module().catch(({ code }) => code);
     for (const descriptor of held) closeSync(descriptor);
     console.log(first, (await module()).value);`,
  );
  try {
    const { stdout } = await run('sh', [
      '-c',
      'ulimit -n 400; exec "$0" "$1"',
      process.execPath,
      join(folder, 'main.mjs'),
    ]);
    expect(stdout).toBe('RESOURCE_EXHAUSTED 7\n');
  } finally {
    await rm(folder, { recursive: true });
  }
}, 60_000);
