import { beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createRuntime, type Capabilities, type Manifest, type McpReply, type Runtime } from '@clarity-runtime/core';
import { ManualClock } from '@clarity-runtime/core/memory';
import { manifestOf } from '../../support/fake-connector.ts';
import { FakeUpstream, reply, type MadeConnection } from '../../support/fake-upstream.ts';
import { operator, resultOf } from '../../support/speak.ts';
import { TestClient, until } from '../../support/test-client.ts';

const EXTENSION = 'io.modelcontextprotocol/ui';
const pages: Capabilities = { extensions: { [EXTENSION]: { mimeTypes: ['text/html;profile=mcp-app'] } } };
const asks: Capabilities = { elicitation: {} };
const both: Capabilities = { ...asks, ...pages };
const WIDGET = { name: 'widget' };
const SHOWN = { name: 'shown', _meta: { ui: { resourceUri: 'ui://a/main.html' } } };

let upstream: FakeUpstream;
let runtime: Runtime;

const declares = ({ events }: MadeConnection, capability: string): boolean =>
  capability === EXTENSION
    ? Object.keys(events.clientCapabilities?.['extensions'] ?? {}).includes(EXTENSION)
    : events.clientCapabilities?.[capability] !== undefined;

beforeEach(() => {
  upstream = new FakeUpstream();
  upstream.sessions = true;
  upstream.lists.set('a tools', (_request, connection): McpReply => {
    const more = [
      ...(declares(connection, EXTENSION) ? [WIDGET] : []),
      ...(declares(connection, 'elicitation') ? [{ name: 'ask' }] : []),
    ];
    return reply({ tools: [SHOWN, ...more] });
  });
  upstream.answer = (_request, _exchange, connection) =>
    Promise.resolve(
      reply({
        content: [],
        structuredContent: {
          at: upstream.made.indexOf(connection),
          declared: connection.events.clientCapabilities ?? null,
        },
      }),
    );
});

async function run(spec: Partial<Manifest['spec']> = {}): Promise<void> {
  runtime = await createRuntime({ connectors: [upstream], clock: new ManualClock() });
  const manifest = manifestOf('a');
  const { service } = await runtime.services.apply(operator, { ...manifest, spec: { ...manifest.spec, ...spec } });
  await runtime.services.start(operator, service.serviceId);
}

type Era = 'legacy' | 'modern';
const client = (capabilities: Capabilities, era: Era = 'legacy', service?: string): TestClient =>
  new TestClient(runtime, {
    era,
    capabilities,
    onAsk: () => Promise.resolve(reply({ action: 'accept' })),
    ...(service === undefined ? {} : { service }),
  });
const listed = async (of: TestClient): Promise<readonly string[]> =>
  (resultOf(await of.request('tools/list'))['tools'] as { name: string }[]).map(({ name }) => name);
const learned = async (): Promise<void> => {
  let names: readonly string[] = [];
  await until(() => {
    void listed(client(pages)).then((found) => (names = found));
    return names.includes('a__widget');
  });
};
const call = async (of: TestClient, name: string) =>
  resultOf(await of.request('tools/call', { name, arguments: {} })) as {
    structuredContent?: { at: number; declared: Capabilities | null };
    _meta?: object;
  };
const live = () => upstream.made.filter(({ isClosed }) => !isClosed);

describe('a legacy remote', () => {
  for (const era of ['legacy', 'modern'] as const) {
    for (const service of [undefined, 'a']) {
      const name = service === undefined ? 'a__widget' : 'widget';
      const where = service === undefined ? '/mcp' : '/mcp/<service>';
      test(`Q07 a ${era} client of ${where} that shows pages gets the tools for pages, and the call declares it`, async () => {
        await run();
        expect(await listed(client(pages, era, service))).toContain(name);
        expect((await call(client(pages, era, service), name)).structuredContent?.declared).toEqual(pages);
        const other = client({}, era, service);
        expect(await listed(other)).not.toContain(name);
        expect(await call(other, name)).toMatchObject({ _meta: { 'clarity/error': { code: 'TOOL_NOT_FOUND' } } });
        expect(await listed(client(asks, era, service))).not.toContain(name);
      });
    }
  }

  test('Q07 clients with the same extensions share one session', async () => {
    await run();
    const used = new Set<number | undefined>();
    for (const era of ['legacy', 'modern', 'legacy'] as const)
      used.add((await call(client(pages, era), 'a__shown')).structuredContent?.at);
    expect(used.size).toBe(1);
    expect(used.has(0)).toBe(false);
    expect((await call(client({}), 'a__shown')).structuredContent?.at).toBe(0);
  });

  test('Q07 a client that can be asked and shows pages has one session that declares both', async () => {
    await run();
    expect(await listed(client(both))).toEqual(['a__ask', 'a__shown', 'a__widget']);
    expect((await call(client(both), 'a__widget')).structuredContent?.declared).toEqual(both);
  });

  test('Q07 spec.isolation shared serves clients that show pages over the shared session', async () => {
    await run({ isolation: 'shared' });
    expect(await listed(client(pages))).toEqual(['a__shown']);
    expect((await call(client(pages), 'a__shown')).structuredContent?.at).toBe(0);
  });

  test('Q07 law: a service has one session more for each set of extensions, besides those of clients it can ask', async () => {
    const clients = fc.array(
      fc.record({ pages: fc.boolean(), asks: fc.boolean(), modern: fc.boolean(), odd: fc.string({ maxLength: 4 }) }),
      { minLength: 1, maxLength: 12 },
    );
    await run();
    await fc.assert(
      fc.asyncProperty(clients, async (given) => {
        const all = given.map((each) => {
          const extensions = { [EXTENSION]: { mimeTypes: [each.odd] }, [each.odd]: {} };
          return client(
            { ...(each.asks ? asks : {}), ...(each.pages ? { extensions } : {}) },
            each.modern ? 'modern' : 'legacy',
          );
        });
        await Promise.all(all.map((each) => call(each, 'a__shown')));
        const askable = live().filter((made) => declares(made, 'elicitation')).length;
        expect(live().length - askable).toBeLessThanOrEqual(2);
        for (const each of all) each.peer.close();
      }),
      { numRuns: 25 },
    );
  });
});

describe('a child process', () => {
  beforeEach(() => {
    upstream.sessions = 'costly';
  });

  test('Q07 with app pages is read once over a process that declares the extension', async () => {
    await run();
    expect(await listed(client({}))).toEqual(['a__shown']);
    expect(upstream.made).toHaveLength(1);
    await listed(client(pages));
    await learned();
    expect(upstream.made.map(({ events }) => events.clientCapabilities)).toEqual([undefined, pages]);
    expect((await call(client(pages, 'modern'), 'a__widget')).structuredContent).toMatchObject({ at: 1 });
    expect((await call(client(pages), 'a__shown')).structuredContent).toMatchObject({ at: 0 });
    expect(await listed(client({}))).toEqual(['a__shown']);
    expect(await listed(client(asks))).toEqual(['a__shown']);
  });

  test('Q31 without app pages runs once, also for clients that show pages', async () => {
    upstream.lists.set('a tools', '[{"name":"t"}]');
    await run();
    await listed(client(pages));
    await call(client(pages), 'a__t');
    expect(upstream.made).toHaveLength(1);
  });

  test('Q07 a tool for pages is refused while no second process can start', async () => {
    await run();
    await listed(client(pages));
    await learned();
    upstream.made[1]?.events.onClose('gone');
    upstream.connect = () => Promise.reject(new Error('no'));
    expect(await call(client(pages), 'a__widget')).toMatchObject({
      _meta: { 'clarity/error': { code: 'SERVICE_CANNOT_ASK' } },
    });
  });
});
