import * as kit from '@jest/globals';
import { createRuntime, embeddedCaller, type Caller } from '@clarity-runtime/core';
import { functionsConnector, ProtocolError } from '@clarity-runtime/adapter-functions';
import { serviceConnectorContract } from '@clarity-runtime/core/testing';
import { deriveServiceId } from '@clarity-runtime/core/internal';
import { z } from 'zod';

const { expect, test } = kit;

const contractConnector = () =>
  functionsConnector({
    name: 'contract',
    tools: {
      echo: { annotations: { readOnlyHint: true }, input: { type: 'object' }, run: ({ text }) => String(text) },
      exact: { run: () => '9007199254740993' },
      fail: {
        run: () => {
          throw new Error('no');
        },
      },
      refuse: {
        run: () => {
          throw new ProtocolError(-32602, 'refused');
        },
      },
      hang: {
        run: (_, { signal }) =>
          new Promise((resolve) => {
            signal.addEventListener('abort', resolve);
          }),
      },
      count: {
        input: { type: 'object', properties: { n: { type: 'integer' } } },
        run: ({ n }, { progress }) => {
          for (let step = 1; step <= Number(n); step += 1) progress(step);
          return String(n);
        },
      },
      bytes: { input: { type: 'object' }, run: ({ n }) => 'x'.repeat(Number(n)) },
    },
  });

serviceConnectorContract(kit, 'functions', () => {
  const connector = contractConnector();
  const { manifest } = connector;
  const service = {
    schema: 1,
    serviceId: deriveServiceId(manifest),
    namespace: 'contract',
    manifest,
    revision: '1',
  } as const;
  return Promise.resolve({ connector, service, close: () => Promise.resolve() });
});

async function started(connector: ReturnType<typeof functionsConnector>) {
  const runtime = await createRuntime({ connectors: [connector] });
  await runtime.services.apply(embeddedCaller, connector.manifest);
  await runtime.autostart();
  return runtime;
}

test('functions are tools, with typed arguments, that the runtime lists, calls and audits', async () => {
  let caller: Caller | undefined;
  const connector = functionsConnector({
    name: 'calc',
    instructions: 'adds',
    tools: {
      add: {
        description: 'Adds two numbers.',
        input: z.object({ a: z.number(), b: z.number() }),
        run: ({ a, b }, context) => {
          caller = context.caller;
          return { sum: a + b };
        },
      },
      shout: { input: z.object({ text: z.string() }), run: ({ text }) => text.toUpperCase() },
    },
  });
  await using runtime = await started(connector);
  const call = (name: string, args: Record<string, unknown>) =>
    runtime.tools.call(embeddedCaller, { name, arguments: args });

  expect((await runtime.tools.list(embeddedCaller)).map(({ name }) => name)).toEqual(['calc__add', 'calc__shout']);
  expect(await call('calc__add', { a: 1, b: 2 })).toMatchObject({ isError: false, structuredContent: { sum: 3 } });
  expect(caller?.principal).toEqual(embeddedCaller.principal);
  expect(await call('calc__shout', { text: 'hi' })).toMatchObject({ content: [{ type: 'text', text: 'HI' }] });
  const refused = await call('calc__add', { a: 1, b: 'two' });
  expect(refused.isError).toBe(true);
  expect(JSON.stringify(refused.content)).toContain('b: ');
});

test('a schema that cannot be shown to clients is refused when the connector is made', () => {
  const blind = { '~standard': { version: 1, vendor: 'blind', validate: (value: unknown) => ({ value }) } } as const;
  const make = () => functionsConnector({ name: 'x', tools: { t: { input: blind, run: () => undefined } } });
  expect(make).toThrow(/tool 't': the schema of blind offers no JSON Schema/);
});

test.each(['', 'Upper', 'a b', '-x', 'x'.repeat(65)])('the name %j is refused', (name) => {
  expect(() => functionsConnector({ name })).toThrow(/must match/);
});
