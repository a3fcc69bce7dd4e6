import { systemCaller } from '../domain/access/caller.ts';
import { isClarityError } from '../domain/errors/clarity-error.ts';
import { Secret } from '../domain/access/secret.ts';
import type { SecretStore, WriteContext } from '../ports/index.ts';
import { outcomeOf } from './outcome.ts';
import type { TestKit } from './test-kit.ts';

const write: WriteContext = { caller: systemCaller, op: 'contract' };

const codeOf = async (work: Promise<unknown>): Promise<string> => {
  try {
    await work;
    return 'ok';
  } catch (error) {
    return isClarityError(error) ? error.code : `not refused but failed: ${String(error)}`;
  }
};

const BAD_NAMES = [
  '',
  '.',
  '..',
  '../evil',
  'a/../../evil',
  'a/./b',
  'a//b',
  '/etc/passwd',
  'a/',
  'a\\b',
  'C:x',
  '%2e%2e/x',
  'a b',
  'a\u0000b',
  'ä',
  'x.tmp-1',
  'a/'.repeat(9) + 'b',
  'n'.repeat(201),
];

const BAD_VALUES: readonly (readonly [string, string, string])[] = [
  ['nothing', '', 'SECRET_INVALID'],
  ['a blank at its end', 'abc ', 'SECRET_INVALID'],
  ['a line break', 'abc\r\nX-Evil: 1', 'SECRET_INVALID'],
  ['a null character', 'a\u0000b', 'SECRET_INVALID'],
  ['half of a pair', 'a\ud800', 'SECRET_INVALID'],
  ['900 KB', 'x'.repeat(900_000), 'PAYLOAD_TOO_LARGE'],
];

/** Contract of a `SecretStore`. `open` returns an empty one. */
export function secretStoreContract(kit: TestKit, name: string, open: () => Promise<SecretStore>): void {
  const { describe, test, expect } = kit;
  const put = (store: SecretStore, key: string, value: string): Promise<void> =>
    store.write('default', key, { secret: new Secret(value), hosts: [], services: [] }, write);
  const get = async (store: SecretStore, key: string): Promise<string | undefined> =>
    (await store.read('default', key))?.secret.reveal();

  describe(`SecretStore contract: ${name}`, () => {
    test('an empty store is healthy and without names and values', async () => {
      const store = await open();
      expect(await store.names('default')).toEqual([]);
      expect(await get(store, 'a')).toEqual(undefined);
      expect(await store.remove('default', 'a', write)).toEqual(false);
      expect((await store.health()).healthy).toEqual(true);
    });
    test('tenants share no secret, or another tenant is rejected', async () => {
      const store = await open();
      await put(store, 'a', 'own value');
      const other = { secret: new Secret('value of another'), hosts: [], services: [] };
      const wrote = await outcomeOf(store.write('other', 'a', other, write));
      const names = wrote === 'ok' ? ['a'] : undefined;
      expect(wrote === 'ok' || wrote === 'invalid').toEqual(true);
      expect(await store.names('other').catch(() => undefined)).toEqual(names);
      const read = await store.read('other', 'a').catch(() => undefined);
      expect(read?.secret.reveal()).toEqual(wrote === 'ok' ? 'value of another' : undefined);
      expect(await get(store, 'a')).toEqual('own value');
      await store.remove('other', 'a', write).catch(() => undefined);
      expect(await store.names('default')).toEqual(['a']);
      expect(await get(store, 'a')).toEqual('own value');
    });
    test('read returns the newest value unchanged', async () => {
      const store = await open();
      await put(store, 'api/github.com', 'first');
      await put(store, 'api/github.com', 'sécond = "2" €');
      expect(await get(store, 'api/github.com')).toEqual('sécond = "2" €');
    });
    test('names are sorted, also in folders', async () => {
      const store = await open();
      for (const key of ['b', 'a/b', 'a/A_1-x', 'C']) await put(store, key, 'v');
      expect(await store.names('default')).toEqual(['C', 'a/A_1-x', 'a/b', 'b']);
    });
    test('R65b the destinations and the creator of a secret are stored, and a write creates a new version', async () => {
      const store = await open();
      const caller = { ...systemCaller, principal: { kind: 'loopback', id: 'loopback' }, door: 'mcp' } as const;
      const scope = { hosts: ['api.bank.example', 'localhost:8080'], services: ['bank'] };
      await store.write('default', 'a/bank', { secret: new Secret('value'), ...scope }, { caller, op: 'contract' });
      const first = await store.scope('default', 'a/bank');
      expect({ ...first, version: '' }).toEqual({
        ...scope,
        createdBy: { principal: 'loopback', door: 'mcp' },
        version: '',
      });
      const stored = await store.read('default', 'a/bank');
      expect({ ...stored, secret: stored?.secret.reveal() }).toEqual({ ...first, secret: 'value' });
      await put(store, 'a/bank', 'next');
      const next = await store.scope('default', 'a/bank');
      expect({ ...next, version: '' }).toEqual({
        hosts: [],
        services: [],
        createdBy: { principal: 'system', door: 'boot' },
        version: '',
      });
      expect(next?.version === first?.version).toEqual(false);
      expect(await store.scope('default', 'absent')).toEqual(undefined);
      expect(await store.names('default')).toEqual(['a/bank']);
    });
    test('remove deletes a secret, and returns false the second time', async () => {
      const store = await open();
      await put(store, 'a/b', 'v');
      expect(await store.remove('default', 'a/b', write)).toEqual(true);
      expect(await store.remove('default', 'a/b', write)).toEqual(false);
      expect(await get(store, 'a/b')).toEqual(undefined);
      expect(await store.names('default')).toEqual([]);
    });
    for (const bad of BAD_NAMES) {
      test(`S01 S02 T-258 the name ${JSON.stringify(bad.slice(0, 30))} is rejected by every operation`, async () => {
        const store = await open();
        expect(await codeOf(put(store, bad, 'v'))).toEqual('AUTH_REF_INVALID');
        expect(await codeOf(store.read('default', bad))).toEqual('AUTH_REF_INVALID');
        expect(await codeOf(store.remove('default', bad, write))).toEqual('AUTH_REF_INVALID');
        expect(await store.names('default')).toEqual([]);
      });
    }
    for (const [what, value, code] of BAD_VALUES) {
      test(`S07 S08 a value with ${what} is rejected and replaces nothing`, async () => {
        const store = await open();
        await put(store, 'a', 'good');
        expect(await codeOf(put(store, 'a', value))).toEqual(code);
        expect(await get(store, 'a')).toEqual('good');
      });
    }
    test('a value has at most 16 KiB', async () => {
      const store = await open();
      await put(store, 'a', 'x'.repeat(16 * 1024));
      expect((await get(store, 'a'))?.length).toEqual(16 * 1024);
    });
    test('concurrent writes store one of the values in full', async () => {
      const store = await open();
      const values = ['a', 'b', 'c', 'd'].map((letter) => letter.repeat(2_000));
      await Promise.all(values.map((value) => put(store, 'same', value)));
      expect(values.includes((await get(store, 'same')) ?? '')).toEqual(true);
      expect(await store.names('default')).toEqual(['same']);
    });
  });
}
