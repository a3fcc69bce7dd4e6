import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { markedSecretStore, nodeFiles, type FileOperations, type FsStore } from '@clarity-runtime/adapter-store-fs';
import { embeddedCaller, Secret } from '@clarity-runtime/core';
import type { SecretStore } from '@clarity-runtime/core/ports';
import { secretStoreContract } from '@clarity-runtime/core/testing';
import { failure, filesWith } from '../support/failing-files.ts';
import { atWorkspace, type WorkspacePlace } from '../support/workspace-place.ts';

const context = { caller: embeddedCaller, op: 'op' };
const rootOf = (at: WorkspacePlace): string => join(at.root, '.clarity', 'secrets');
const copyOf = (at: WorkspacePlace): string => join(at.root, '.clarity', 'secrets-copy');

const secretsOf = (at: WorkspacePlace, store: FsStore, files: FileOperations = nodeFiles): Promise<SecretStore> => {
  const { secretIndex: index, trust } = store;
  return markedSecretStore({ root: rootOf(at), copyRoot: copyOf(at), index, trust, files });
};

/** Runs work with the secrets of one start of a workspace. */
const run = (at: WorkspacePlace, work: (secrets: SecretStore, store: FsStore) => Promise<unknown>): Promise<void> =>
  at.run(async (store) => work(await secretsOf(at, store), store));

const set = (secrets: SecretStore, name: string, value: string, hosts: readonly string[] = []): Promise<void> =>
  secrets.write('default', name, { secret: new Secret(value), hosts, services: [] }, context);

const valueOf = async (secrets: SecretStore, name: string): Promise<string | undefined> =>
  (await secrets.read('default', name))?.secret.reveal();

secretStoreContract({ describe, test, expect }, 'marked files', async () => {
  const at = await atWorkspace();
  return secretsOf(at, await at.open());
});

test('T-474 a value, or destinations, of another program are not used', async () => {
  const at = await atWorkspace();
  await run(at, async (secrets) => {
    await set(secrets, 'bank', 'real-value-1', ['api.bank.example']);
    const older = join(at.top, 'older');
    await cp(rootOf(at), older, { recursive: true });
    await set(secrets, 'bank', 'real-value-2', ['api.bank.example']);
    await writeFile(join(rootOf(at), 'planted'), 'evil-value-1');
    await rm(rootOf(at), { recursive: true });
    await cp(older, rootOf(at), { recursive: true });
    // The copy has the newest value.
    expect(await valueOf(secrets, 'bank')).toBe('real-value-2');
    await rm(copyOf(at), { recursive: true });
    await expect(secrets.read('default', 'bank')).rejects.toMatchObject({ code: 'SECRET_INVALID' });
    await writeFile(join(rootOf(at), 'planted'), 'evil-value-1');
    await expect(secrets.read('default', 'planted')).rejects.toMatchObject({ code: 'SECRET_INVALID' });
    const scope = join(rootOf(at), 'bank~scope');
    await writeFile(scope, (await readFile(scope, 'utf8')).replace('api.bank.example', 'evil.example'));
    expect(await secrets.scope('default', 'bank')).toMatchObject({ hosts: ['api.bank.example'] });
    await set(secrets, 'planted', 'real-value-3');
    expect(await valueOf(secrets, 'planted')).toBe('real-value-3');
  });
});

test('T-474 a removed secret that is put back is not used, also after a restart', async () => {
  const at = await atWorkspace();
  const older = join(at.top, 'older');
  await run(at, async (secrets) => {
    await set(secrets, 'bank', 'real-value-1');
    await cp(rootOf(at), older, { recursive: true });
    expect(await secrets.remove('default', 'bank', context)).toBe(true);
  });
  await rm(rootOf(at), { recursive: true });
  await cp(older, rootOf(at), { recursive: true });
  await run(at, async (secrets, store) => {
    expect(store.trust.state).toEqual({ trusted: true });
    await expect(secrets.read('default', 'bank')).rejects.toMatchObject({ code: 'SECRET_INVALID' });
  });
});

test('T-474 R100b secrets and index that are put back together make the workspace untrusted, until it is trusted', async () => {
  const at = await atWorkspace();
  const older = join(at.top, 'older');
  await run(at, (secrets) => set(secrets, 'bank', 'real-value-1'));
  await cp(at.folder, older, { recursive: true });
  await run(at, (secrets) => set(secrets, 'bank', 'real-value-2'));
  for (const name of ['secrets.json', 'secrets.json.bak']) await cp(join(older, name), join(at.folder, name));
  expect(await at.problems()).toMatchObject([{ file: '.clarity/runtime/secrets.json', reason: 'rolled_back' }]);
  await rm(join(at.folder, 'secrets.json'));
  await rm(join(at.folder, 'secrets.json.bak'));
  await run(at, async (secrets, store) => {
    expect(store.trust.state.trusted).toBe(false);
    await store.trust.grant();
    expect(await valueOf(secrets, 'bank')).toBe('real-value-2');
  });
  expect(await at.problems()).toEqual([]);
});

test('T-474 secrets of an earlier version are adopted once', async () => {
  const at = await atWorkspace();
  await at.run(() => Promise.resolve());
  await mkdir(rootOf(at), { mode: 0o700 });
  await writeFile(join(rootOf(at), 'bank'), 'real-value-1', { mode: 0o600 });
  await run(at, async (secrets) => {
    expect(await valueOf(secrets, 'bank')).toBe('real-value-1');
    await writeFile(join(rootOf(at), 'later'), 'evil-value-1', { mode: 0o600 });
  });
  await run(at, async (secrets) => {
    expect(await valueOf(secrets, 'bank')).toBe('real-value-1');
    await expect(secrets.read('default', 'later')).rejects.toMatchObject({ code: 'SECRET_INVALID' });
  });
});

const DAMAGES = ['remove', 'truncate', 'flip'] as const;

test('R26e no damage of one file loses the value or the destinations of a secret', async () => {
  for (const path of ['secrets/a/b', 'secrets/a/b~scope', 'secrets-copy/a/b', 'secrets-copy/a/b~scope']) {
    for (const damage of DAMAGES) {
      const at = await atWorkspace();
      await run(at, (secrets) => set(secrets, 'a/b', 'real-value-1', ['api.bank.example']));
      const file = join(at.root, '.clarity', path);
      const bytes = await readFile(file);
      await rm(file);
      if (damage !== 'remove') await writeFile(file, damage === 'truncate' ? '' : bytes.map((byte) => byte ^ 1));
      await run(at, async (secrets) => {
        expect([path, damage, await secrets.read('default', 'a/b')]).toMatchObject([
          path,
          damage,
          { hosts: ['api.bank.example'] },
        ]);
        expect(await valueOf(secrets, 'a/b')).toBe('real-value-1');
      });
    }
  }
  for (const name of ['secrets.json', 'secrets.json.bak']) {
    const at = await atWorkspace();
    await run(at, (secrets) => set(secrets, 'a/b', 'real-value-1'));
    await writeFile(join(at.folder, name), '{');
    await run(at, async (secrets, store) => {
      expect(store.trust.state).toEqual({ trusted: true });
      expect(await valueOf(secrets, 'a/b')).toBe('real-value-1');
    });
  }
});

const change = fc.record({
  name: fc.constantFrom('a', 'b/c'),
  value: fc.option(fc.constantFrom('value-one-1', 'value-two-2', 'value-three'), { nil: undefined }),
  /** The operation of the file system that fails; every later one fails too when the process is killed. */
  failsAt: fc.option(fc.integer({ min: 1, max: 24 }), { nil: undefined }),
  isKilled: fc.boolean(),
});

test('T-475 after any failure or kill a secret has the acknowledged value, or the new one of an unanswered change', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), async (changes) => {
      const at = await atWorkspace();
      const known = new Map<string, readonly (string | undefined)[]>();
      for (const { name, value, failsAt, isKilled } of changes) {
        const before = known.get(name) ?? [undefined];
        await at.run(async (store) => {
          let step = 0;
          let isArmed = false;
          let failed = '';
          const files = filesWith((operation) => {
            if (!isArmed || failsAt === undefined) return;
            step += 1;
            if (step === failsAt) failed = operation;
            if (step === failsAt || (isKilled && step > failsAt)) throw failure('EACCES');
          });
          const secrets = await secretsOf(at, store, files);
          isArmed = true;
          const work = value === undefined ? secrets.remove('default', name, context) : set(secrets, name, value);
          const isDone = await work.then(
            () => true,
            () => false,
          );
          isArmed = false;
          // A killed process answers nothing, so both values are allowed.
          if (isDone) known.set(name, [value]);
          else if (isKilled || failed.startsWith('sync')) known.set(name, [...before, value]);
          if (!isKilled) expect(known.get(name) ?? [undefined]).toContain(await valueOf(secrets, name));
          else if (failsAt !== undefined && step >= failsAt) await at.kill(store);
        });
        await run(at, async (secrets, store) => {
          expect(store.trust.state).toEqual({ trusted: true });
          for (const [each, allowed] of known) {
            const found = await valueOf(secrets, each);
            expect(allowed).toContain(found);
            known.set(each, [found]);
          }
        });
      }
    }),
    { numRuns: 12 },
  );
}, 120_000);
