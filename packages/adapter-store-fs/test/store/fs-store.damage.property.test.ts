import { cp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { markedSecretStore, type FsStore } from '@clarity-runtime/adapter-store-fs';
import { embeddedCaller, Secret } from '@clarity-runtime/core';
import type { RecordStore, SecretStore } from '@clarity-runtime/core/ports';
import {
  sampleApproval,
  sampleLogin,
  samplePolicy,
  sampleProfile,
  sampleRecord,
  sampleToken,
  sampleWrite,
} from '@clarity-runtime/core/testing';
import { atWorkspace, type WorkspacePlace } from '../support/workspace-place.ts';

const SECRETS = { plain: 'value-of-plain', 'group/scoped': 'value-of-scoped' };

const secretsOf = (at: WorkspacePlace, store: FsStore): Promise<SecretStore> =>
  markedSecretStore({
    root: join(at.root, '.clarity', 'secrets'),
    copyRoot: join(at.root, '.clarity', 'secrets-copy'),
    index: store.secretIndex,
    trust: store.trust,
  });

/** Makes one change of each kind, each acknowledged, and `note` in each record. */
async function change(store: FsStore, note: string): Promise<void> {
  const put = <T>(records: RecordStore<T>, value: T): Promise<unknown> =>
    records.put('default', value, 'any', sampleWrite());
  for (const name of ['a', 'b']) await put(store.registry, sampleRecord(name, note));
  await put(store.policies, samplePolicy('p', note));
  await put(store.accessTokens, sampleToken('tokentok', note));
  await put(store.profiles, sampleProfile('profile', note));
  await put(store.approvals, sampleApproval('request', note));
  await put(store.logins, sampleLogin('login', note));
}

/** Everything that was acknowledged: the records of all kinds, and the values and destinations of the secrets. */
async function contentOf(at: WorkspacePlace, store: FsStore): Promise<unknown> {
  const secrets = await secretsOf(at, store);
  const valuesOf = async (records: RecordStore<never>): Promise<unknown> =>
    (await records.list('default')).items.map(({ value }) => value);
  const kinds = ['registry', 'policies', 'accessTokens', 'profiles', 'approvals', 'logins'] as const;
  return {
    records: await Promise.all(kinds.map((kind) => valuesOf(store[kind] as RecordStore<never>))),
    secrets: await Promise.all(
      Object.keys(SECRETS).map(async (name) => {
        const found = await secrets.read('default', name);
        return [name, found?.secret.reveal(), found?.hosts];
      }),
    ),
  };
}

async function filesBelow(folder: string): Promise<readonly string[]> {
  const names = (await readdir(folder, { recursive: true })).sort();
  const files: string[] = [];
  for (const name of names) if ((await stat(join(folder, name))).isFile()) files.push(name);
  return files;
}

/** A workspace as a killed or a stopped daemon leaves it. */
interface Left {
  readonly at: WorkspacePlace;
  readonly files: readonly string[];
  readonly content: unknown;
  /** Puts the files back that the daemon has left. */
  restore(): Promise<void>;
}

async function leave(isKilled: boolean): Promise<Left> {
  const at = await atWorkspace();
  await at.run((store) => change(store, 'first'));
  const store = await at.open();
  await change(store, 'second');
  const secrets = await secretsOf(at, store);
  for (const [name, value] of Object.entries(SECRETS)) {
    const write = { secret: new Secret(value), hosts: name === 'plain' ? [] : ['api.example'], services: [] };
    await secrets.write('default', name, write, { caller: embeddedCaller, op: name });
  }
  await store.artifacts.put('default', 'wasm', new Uint8Array([0, 97, 115, 109]));
  await store.interfaces.save('default', 'svc_000000000001', '{"tools":[]}');
  const content = await contentOf(at, store);
  await at.recorded(() => true);
  await (isKilled ? at.kill(store) : store[Symbol.asyncDispose]());
  const [workspace, kept] = [join(at.root, '.clarity'), join(at.top, 'left')];
  await cp(workspace, join(kept, 'workspace'), { recursive: true });
  await cp(at.folders.state, join(kept, 'state'), { recursive: true });
  return {
    at,
    content,
    files: await filesBelow(workspace),
    restore: async () => {
      for (const [from, to] of [
        ['workspace', workspace],
        ['state', at.folders.state],
      ] as const) {
        await rm(to, { recursive: true, force: true });
        await cp(join(kept, from), to, { recursive: true });
      }
    },
  };
}

const DAMAGES = ['flip', 'cut', 'empty', 'delete'] as const;

/** Damages a file at a place, a fraction of its length. */
async function damage(path: string, kind: (typeof DAMAGES)[number], place: number): Promise<void> {
  const bytes = await readFile(path);
  if (kind === 'delete') await rm(path);
  else if (kind === 'empty') await truncate(path, 0);
  else if (kind === 'cut') await truncate(path, Math.floor(place * bytes.length));
  else {
    const bit = Math.floor(place * bytes.length * 8);
    if (bytes.length > 0) bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    await writeFile(path, bytes);
  }
}

let left: Readonly<Record<'killed' | 'stopped', Left>>;
beforeAll(async () => {
  left = { killed: await leave(true), stopped: await leave(false) };
});

const cases = fc.record({
  end: fc.constantFrom('killed' as const, 'stopped' as const),
  file: fc.nat(),
  kind: fc.constantFrom(...DAMAGES),
  place: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
});

/** A damaged lock names no process, which may still run: the start is refused, and the operator removes the file. */
const LOCK = join('runtime', 'daemon.lock');

/** Starts a damaged workspace. Returns what it has, and whether it is trusted. */
async function started({ at }: Left): Promise<unknown> {
  const store = await at.open().catch(async (error: unknown) => {
    if (!String(error).includes('daemon.lock: the file is not a lock of clarityd; remove it')) throw error;
    await rm(join(at.root, '.clarity', LOCK));
    return at.open();
  });
  await using _ = store;
  return [await contentOf(at, store), store.trust.state];
}

test('T-515 damage to any one file of a workspace loses no acknowledged change and no trust, and stops no start but that of a lock', async () => {
  await fc.assert(
    fc.asyncProperty(cases, async ({ end, file, kind, place }) => {
      const found = left[end];
      await found.restore();
      const name = found.files[file % found.files.length] ?? '';
      await damage(join(found.at.root, '.clarity', name), kind, place);
      const outcome = await started(found).catch((error: unknown) => String(error));
      expect([end, name, kind, place, outcome]).toEqual([end, name, kind, place, [found.content, { trusted: true }]]);
      // The first start repaired what it could: the next one does not need the rest.
      expect(await started(found)).toEqual([found.content, { trusted: true }]);
    }),
    { numRuns: Number(process.env['CLARITY_DAMAGES'] ?? 60) },
  );
}, 600_000);

test('T-515 each file of a workspace may be missing, empty, or have one flipped bit of its first bytes', async () => {
  for (const found of Object.values(left)) {
    for (const name of found.files) {
      const kind = DAMAGES[name.length % DAMAGES.length] ?? 'delete';
      await found.restore();
      await damage(join(found.at.root, '.clarity', name), kind, 0.01);
      const outcome = await started(found).catch((error: unknown) => String(error));
      expect([name, kind, outcome]).toEqual([name, kind, [found.content, { trusted: true }]]);
    }
  }
}, 600_000);
