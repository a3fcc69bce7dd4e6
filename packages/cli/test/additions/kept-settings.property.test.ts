import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { embeddedCaller, type LocalWasmOrigin, type Manifest } from '@clarity-runtime/core';
import { sha256Hex } from '@clarity-runtime/core/internal';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { fakeDaemon, type FakeDaemon } from '../support/fake-daemon.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const bound = (max: number) => fc.integer({ min: 1_024, max });
const name = fc.stringMatching(/^[a-z]{1,8}$/);
const some = { requiredKeys: [] as never[] };

/** Everything that an operator can set for a module: each member of the manifest that names no source and no artifact. */
const settings = fc.record({
  metadata: fc.record(
    {
      displayName: name,
      version: name,
      serviceType: fc.constantFrom('mcp' as const, 'agent' as const),
      labels: fc.dictionary(name, name, { minKeys: 1, maxKeys: 2, noNullPrototype: true }),
    },
    some,
  ),
  origin: fc.record(
    {
      timeoutMs: bound(600_000),
      maxMemoryBytes: fc.integer({ min: 65_536, max: 1_073_741_824 }),
      guestHost: fc.constantFrom('process' as const, 'thread' as const),
      entry: name,
    },
    some,
  ),
  desired: fc.record({
    enabled: fc.boolean(),
    autostart: fc.boolean(),
    restartPolicy: fc.record({
      mode: fc.constantFrom('never' as const, 'on-failure' as const, 'always' as const),
      maxRestarts: fc.nat(100),
      windowSeconds: fc.integer({ min: 1, max: 3_600 }),
    }),
  }),
  spec: fc.record(
    {
      pinInterface: fc.boolean(),
      isolation: fc.constantFrom('shared' as const, 'per-client' as const),
      start: fc.record({ maxMs: bound(600_000) }),
      toolNamespace: name,
      policy: fc.record(
        {
          timeoutMs: bound(600_000),
          maxConcurrency: fc.integer({ min: 1, max: 256 }),
          allowTools: fc.constant(['fn__add']),
        },
        some,
      ),
      surface: fc.record({ prefix: name, tools: fc.constant({ fn__add: { hidden: true } }) }, some),
      capabilities: fc.record(
        {
          time: fc.boolean(),
          env: fc.tuple(fc.constant('LANG')),
          network: fc.record({ hosts: fc.tuple(fc.constant('api.example.com')) }),
        },
        some,
      ),
    },
    some,
  ),
});

const only = (daemon: FakeDaemon): Manifest => {
  const [view, ...more] = daemon.runtime.services.list(embeddedCaller);
  if (view === undefined || more.length > 0) throw new Error('not one service');
  return view.service.manifest;
};

/** The manifest without what names the artifact. An empty policy and no policy are the same. */
const operatorsPart = ({ metadata, spec }: Manifest): object => {
  const { artifactSha256: _, createdAt: _created, updatedAt: _updated, workspaceRoot: _root, ...own } = metadata;
  const { policy = {}, ...rest } = spec;
  const { wasmPath: _path, ...origin } = spec.origin as LocalWasmOrigin;
  return JSON.parse(JSON.stringify({ metadata: own, spec: { ...rest, policy, origin } })) as object;
};

const source = (sum: number): string => `module tally\n\nfunction add(a: Int64) -> Int64 { a + ${String(sum)} }\n`;
const ADD_LOCAL = ['add-local', '--source', 'tally.clarity', '--module', 'tally', '--wasm'];

test.each([
  ['add of a module', ['add', 'out/tally.wasm'], 'out/tally.wasm'],
  ['add of a source', ['add', 'tally'], '.clarity/build/tally.wasm'],
  ['add of a source that is built elsewhere', ['add', 'tally', '--wasm', 'out/other.wasm'], 'out/other.wasm'],
  ['add-all', ['add-all'], '.clarity/build/tally.wasm'],
  ['add-local', [...ADD_LOCAL, 'out/tally.wasm'], 'out/tally.wasm'],
])('T-557 law: %s changes the artifact and nothing that an operator set', async (_name, argv, artifact) => {
  await using folder = await temporaryFolder();
  await using daemon = await fakeDaemon();
  const run = (words: readonly string[]) => daemon.ctl(words, { cwd: folder.path });
  await mkdir(join(folder.path, 'out'), { recursive: true });
  const isBuilt = argv[0] !== 'add-local' && !argv.includes('out/tally.wasm');
  const change = async (sum: number): Promise<void> => {
    await writeFile(join(folder.path, 'tally.clarity'), source(sum));
    if (!isBuilt) await writeFile(join(folder.path, artifact), `module ${String(sum)}`);
  };
  await change(0);
  const first = argv.includes('--wasm') && isBuilt ? ['add', 'tally'] : argv;
  expect(await run(first)).toMatchObject({ exitCode: 0 });
  const plain = only(daemon);
  let sum = 0;
  await fc.assert(
    fc.asyncProperty(settings, async ({ metadata, origin, desired, spec }) => {
      const set = {
        ...plain,
        metadata: { ...plain.metadata, ...metadata },
        spec: { ...plain.spec, ...desired, ...spec, origin: { ...plain.spec.origin, ...origin } },
      };
      for (const { service } of daemon.runtime.services.list(embeddedCaller)) {
        await daemon.runtime.services.remove(embeddedCaller, service.serviceId);
      }
      await daemon.runtime.services.apply(embeddedCaller, set);
      const before = only(daemon);
      sum += 1;
      await change(sum);
      const { exitCode, stderr } = await run(argv);
      expect([exitCode, stderr.replace(/^warning: .*\n/, '')]).toEqual([
        0,
        desired.enabled || argv[0] === 'add-local'
          ? ''
          : expect.stringMatching(/^\w+ stays disabled; `clarityctl enable \w+` starts it\n$/),
      ]);
      const after = only(daemon);
      expect(operatorsPart(after)).toEqual(operatorsPart(before));
      const wasmPath = join(folder.path, artifact);
      expect(after.spec.origin).toMatchObject({ wasmPath });
      if (isBuilt) expect(after.metadata.artifactSha256).toBe(sha256Hex(await readFile(wasmPath)));
    }),
    { numRuns: 20 },
  );
});

test('add of a disabled service says how it is started, and a flag wins over the stored value', async () => {
  await using folder = await temporaryFolder();
  await using daemon = await fakeDaemon();
  const run = (...words: readonly string[]) => daemon.ctl(words, { cwd: folder.path, columns: 100 });
  await run('add', 'tally.wasm', '--name', 'One', '--grant', 'time', '--timeout-ms', '1500');
  await run('disable', 'tally');
  const { exitCode, stdout, stderr } = await run('add', 'tally.wasm', '--name', 'Two', '--grant', 'random');
  expect([exitCode, stdout]).toEqual([0, expect.stringMatching(/^tally \(svc_\w+\) is disabled\n/)]);
  expect(stderr).toBe('tally stays disabled; `clarityctl enable tally` starts it\n');
  expect(only(daemon)).toMatchObject({
    metadata: { displayName: 'Two' },
    spec: { enabled: false, capabilities: { random: true }, policy: { timeoutMs: 1500 } },
  });
  expect(only(daemon).spec.capabilities).toEqual({ random: true });
  expect(await run('enable', 'tally')).toMatchObject({ exitCode: 0 });
});
