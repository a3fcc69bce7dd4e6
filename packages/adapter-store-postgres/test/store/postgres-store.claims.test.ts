import { describe, expect, test } from '@jest/globals';
import { createRuntime, embeddedCaller, isClarityError, type Manifest, type Runtime } from '@clarity-runtime/core';
import type { ServiceConnector } from '@clarity-runtime/core/ports';
import { missingServer } from '../../../../test/support/postgres-server.ts';
import { testStores, type TestDatabase } from '../support/test-store.ts';

/** Registers services, which are never started here. */
const connector: ServiceConnector = {
  origin: 'local_wasm',
  admit: () => Promise.resolve(undefined),
  connect: () => Promise.reject(new Error('no service is started')),
};

const missing = missingServer();
const suite = missing === undefined ? describe : describe.skip;

suite(missing === undefined ? 'names in PostgreSQL' : `names in PostgreSQL (skipped: ${missing})`, () => {
  const stores = testStores();

  const start = (database: TestDatabase): Promise<Runtime> => {
    const { registry, claims } = database.handle();
    return createRuntime({ registry, claims, connectors: [connector] });
  };
  const manifest = (build: number): Manifest => ({
    apiVersion: 'clarity.runtime/v1',
    kind: 'MCPService',
    metadata: { sourceFile: `/${String(build)}.clarity`, module: 'calc' },
    spec: {
      origin: { type: 'local_wasm', wasmPath: `/${String(build)}.wasm`, entry: 'mcp_main' },
      enabled: true,
      autostart: false,
      policyRef: 'default',
      restartPolicy: { mode: 'never', maxRestarts: 5, windowSeconds: 60 },
      toolNamespace: 'calc',
    },
  });
  const codeOf = async (work: Promise<unknown>): Promise<string> =>
    work.then(
      () => 'ok',
      (error: unknown) => (isClarityError(error) ? error.code : String(error)),
    );

  test('T-516 of runtimes that register or replace one name at the same time, one gets it each time', async () => {
    const database = await stores.fresh();
    const runtimes = await Promise.all([0, 1, 2].map(() => start(database)));
    const servedBy = (runtime: Runtime) =>
      runtime.services.list(embeddedCaller).map(({ service }) => service.serviceId);
    let replaces: { readonly replaces?: string } = {};
    for (let round = 0; round < 4; round += 1) {
      const codes = await Promise.all(
        runtimes.map(({ services }, i) => codeOf(services.apply(embeddedCaller, manifest(round * 10 + i), replaces))),
      );
      expect([round, codes.filter((code) => code === 'ok').length]).toEqual([round, 1]);
      const next = await start(database);
      const [holder = '', ...others] = servedBy(next);
      expect([round, others]).toEqual([round, []]);
      expect((await database.handle().claims.get('default', 'calc'))?.value.serviceId).toBe(holder);
      await next.close();
      replaces = { replaces: holder };
      for (const runtime of runtimes)
        while (servedBy(runtime).join() !== holder) await new Promise((turn) => setImmediate(turn));
    }
    for (const runtime of runtimes) await runtime.close();
  }, 60_000);
});
