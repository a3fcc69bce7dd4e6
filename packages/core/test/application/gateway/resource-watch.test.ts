import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { rawParams, reply, type MadeConnection } from '../../support/fake-upstream.ts';
import { resultOf } from '../../support/speak.ts';
import { settled } from '../../support/supervised.ts';
import { TestClient } from '../../support/test-client.ts';
import { withUpstream } from '../../support/with-upstream.ts';

const SHARED = 'file:///README.md';
const UPDATED = 'notifications/resources/updated';

async function twoServices() {
  const given = await withUpstream();
  given.upstream.answer = ({ method }) => Promise.resolve(reply(method === 'resources/read' ? { contents: [] } : {}));
  for (const module of ['alpha', 'beta']) {
    given.upstream.lists.set(`${module} resources`, JSON.stringify([{ uri: SHARED, name: module }]));
    await given.run(module);
  }
  const announce = async (module: string, uri = SHARED): Promise<void> => {
    const made = given.upstream.made.find((each) => each.module === module) as MadeConnection;
    made.events.onNotification?.({ method: UPDATED, params: rawParams({ uri }) });
    await settled();
  };
  const client = async (service?: string) => {
    const opened = new TestClient(given.runtime, service === undefined ? {} : { service });
    const listed = resultOf(await opened.request('resources/list'))['resources'] as { uri: string }[];
    for (const { uri } of listed) await opened.request('resources/subscribe', { uri });
    await settled();
    return {
      uris: listed.map(({ uri }) => uri),
      heard: () =>
        opened.notifications.filter(({ method }) => method === UPDATED).map(({ params }) => params.get('uri')?.value),
    };
  };
  return { announce, client };
}

test('Q66 an update of a URI of two services reaches the subscribers of its service under their URI', async () => {
  const { announce, client } = await twoServices();
  const [shared, alpha, beta] = [await client(), await client('alpha'), await client('beta')];
  expect(shared.uris).toEqual([SHARED, 'clarity://beta/file%3A%2F%2F%2FREADME.md']);
  await announce('beta');
  expect([shared.heard(), alpha.heard(), beta.heard()]).toEqual([[shared.uris[1]], [], [SHARED]]);
  await announce('alpha');
  expect([shared.heard(), alpha.heard(), beta.heard()]).toEqual([[shared.uris[1], SHARED], [SHARED], [SHARED]]);
});

test('Q66 law: a client of the shared endpoint hears each update once, with the URI of the service that sent it', async () => {
  const updates = fc.array(fc.constantFrom('alpha', 'beta'), { maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(updates, async (given) => {
      const { announce, client } = await twoServices();
      const shared = await client();
      for (const module of given) await announce(module);
      expect(shared.heard()).toEqual(given.map((module) => shared.uris[module === 'alpha' ? 0 : 1]));
    }),
    { numRuns: 15 },
  );
});

test('Q66 an update of a URI without a subscription reaches no client', async () => {
  const { announce, client } = await twoServices();
  const shared = await client();
  await announce('alpha', 'file:///other');
  expect(shared.heard()).toEqual([]);
});
