import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { TokenFile, type TokenPlace } from '../../src/composition/token-file.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const places: readonly TokenPlace[] = ['http://127.0.0.1:1', 'https://gateway.example/base'].flatMap((url) =>
  [undefined, 'acme', 'beta'].map((tenant) => ({ daemon: new URL(url), tenant })),
);
const place = fc.nat(places.length - 1);
const name = fc.constantFrom('client-codex', 'bot');
const action = fc.oneof(
  fc.record({ type: fc.constant('put' as const), place, name, text: fc.string({ minLength: 1, maxLength: 6 }) }),
  fc.record({ type: fc.constant('remove' as const), place, name }),
  fc.record({ type: fc.constant('removeAll' as const), place }),
);

test('law: the file keeps the tokens of daemons and tenants apart, whatever is written and removed', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(action, { maxLength: 12 }), async (actions) => {
      await using folder = await temporaryFolder();
      const file = new TokenFile({ HOME: folder.path });
      const model = places.map(() => new Map<string, string>());
      for (const each of actions) {
        const at = places[each.place] as TokenPlace;
        if (each.type === 'put') {
          await file.put(at, each.name, each.text);
          model[each.place]?.set(each.name, each.text);
        } else if (each.type === 'remove') {
          await file.remove(at, each.name);
          model[each.place]?.delete(each.name);
        } else {
          await file.removeAll(at);
          model[each.place]?.clear();
        }
      }
      for (const [index, at] of places.entries())
        for (const each of ['client-codex', 'bot']) expect(await file.find(at, each)).toBe(model[index]?.get(each));
    }),
    { numRuns: 30 },
  );
});

test('the tenant `default` is the place without a tenant, and all names of this machine are one daemon', async () => {
  await using folder = await temporaryFolder();
  const file = new TokenFile({ HOME: folder.path });
  await file.put({ daemon: new URL('http://localhost:1') }, 'bot', 'a');
  expect(await file.find({ daemon: new URL('http://127.0.0.1:1'), tenant: 'default' }, 'bot')).toBe('a');
  expect(await file.find({ daemon: new URL('http://127.0.0.1:1'), tenant: 'acme' }, 'bot')).toBeUndefined();
});
