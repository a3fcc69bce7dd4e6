import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { compile } from '@clarity-runtime/compiler';
import { createRuntime, embeddedCaller, localWasm, type Manifest, type Runtime } from '@clarity-runtime/core';
import { sha256Hex } from '@clarity-runtime/core/internal';
import { writeBuilt } from '@clarity-runtime/adapter-toolchain';
import { moduleSource } from '../../src/composition/tenant-modules.ts';
import { openTenants, type OpenTenants } from '../../src/composition/tenants.ts';
import { ProcessWasmHost } from '@clarity-runtime/adapter-wasm';
import { temporaryFolder } from '../support/temporary-folder.ts';

const ownerOf = (tenant: string) => ({ ...embeddedCaller, tenant });
const bytesOf = (name: string): Uint8Array => new TextEncoder().encode(`module ${name}`);

test('T-591 law: a tenant reads the files of its own folder of modules alone, and a refusal does not show whether a file exists', async () => {
  await using folder = await temporaryFolder();
  const roots = { acme: join(folder.path, 'acme'), beta: join(folder.path, 'beta') };
  for (const [tenant, root] of Object.entries(roots)) {
    await mkdir(join(root, 'modules', 'sub'), { recursive: true });
    await mkdir(join(root, '.clarity', 'runtime', 'artifacts'), { recursive: true });
    for (const name of ['a.wasm', 'both.wasm', 'sub/in.wasm', `${tenant}.wasm`])
      await writeFile(join(root, 'modules', name), bytesOf(`${tenant} ${name}`));
    await writeFile(join(root, '.clarity', 'runtime', 'artifacts', 'd.wasm'), bytesOf('artifact'));
    await symlink(join(folder.path, 'acme', 'modules', 'acme.wasm'), join(root, 'modules', 'link.wasm'));
  }
  const tenant = fc.constantFrom('acme' as const, 'beta' as const);
  const name = fc.constantFrom(
    'a.wasm',
    'both.wasm',
    'acme.wasm',
    'beta.wasm',
    'none.wasm',
    'link.wasm',
    'sub/in.wasm',
    '.',
    '..',
  );
  const prefix = fc.constantFrom(
    ...['', './', '../', '../modules/', '../../beta/modules/', '/etc/', '~/', 'file://', '\0', '%2e%2e/'],
    ...Object.values(roots).flatMap((root) => [
      `${root}/modules/`,
      `${root}/modules/../modules/`,
      `${root}/.clarity/runtime/artifacts/`,
    ]),
  );
  const path = fc.oneof(
    fc.tuple(prefix, name).map((parts) => parts.join('')),
    fc.string({ maxLength: 200 }),
  );
  await fc.assert(
    fc.asyncProperty(tenant, path, async (at, text) => {
      const own = join(roots[at], 'modules');
      const file = text.startsWith(`${own}/`) ? text.slice(own.length + 1) : text;
      const isOwn = ['a.wasm', 'both.wasm', `${at}.wasm`].includes(file);
      const read = await moduleSource(roots[at])
        .read(text, 1_000)
        .then(
          (bytes) => new TextDecoder().decode(bytes),
          (error: unknown) => (error as Error).message,
        );
      if (isOwn) {
        expect(read).toBe(`module ${at} ${file}`);
        return;
      }
      expect(read).not.toContain('module ');
      expect(read).not.toContain(folder.path);
      // A path outside of the folder has one answer, whether a file is there or not.
      if (/[/\\]/.test(file)) expect(read).toContain('it is not the name of a file in the folder of modules');
    }),
    { numRuns: 300 },
  );
});

test('T-591 a link in place of the folder of modules is not followed', async () => {
  await using folder = await temporaryFolder();
  const [root, elsewhere] = [join(folder.path, 'acme'), join(folder.path, 'elsewhere')];
  for (const each of [root, elsewhere]) await mkdir(each);
  await writeFile(join(elsewhere, 'a.wasm'), bytesOf('secret'));
  await symlink(elsewhere, join(root, 'modules'));
  await expect(moduleSource(root).read('a.wasm', 1_000)).rejects.toMatchObject({
    failure: { code: 'ARTIFACT_UNREADABLE', message: expect.not.stringContaining(folder.path) },
  });
});

/** Builds a module `calc` with one function in the folder of a tenant. */
async function build(root: string, factor: number): Promise<Manifest> {
  const text = `module calc\n\nfunction scale(n: Int64) -> Int64 { n * ${String(factor)} }\n`;
  const compiled = compile({ file: 'calc.clarity', text });
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.diagnostics));
  await mkdir(join(root, 'modules'), { recursive: true });
  await writeBuilt(join(root, 'modules', 'calc.wasm'), compiled);
  return localWasm('calc.wasm', { sourceFile: 'calc', module: 'calc', artifactSha256: sha256Hex(compiled.wasm) });
}

async function scaled(runtime: Runtime, tenant: string): Promise<string> {
  const result = await runtime.tools.call(ownerOf(tenant), { name: 'calc__fn__scale', arguments: { n: 10 } });
  return JSON.stringify(result);
}

test('T-592 two tenants run modules of one name in guest hosts of their own, and keep them over a restart', async () => {
  await using folder = await temporaryFolder();
  await using own = await createRuntime();
  const hosts: ProcessWasmHost[] = [];
  const open = (): Promise<OpenTenants> =>
    openTenants({
      ...{ isShared: false, workspace: join(folder.path, 'workspace'), own, environment: { HOME: folder.path } },
      ...{ trustStore: join(folder.path, 'trust'), remote: { ownAddresses: () => [] }, log: () => undefined },
      runtime: { words: 'program' },
      openHosts: () => {
        const host = new ProcessWasmHost();
        hosts.push(host);
        return { host, admissionHost: host };
      },
    });
  const rootOf = (name: string): string => join(folder.path, 'workspace', '.clarity', 'tenants', name);
  const factors = { acme: 2, beta: 3 } as const;
  const first = await open();
  for (const [name, factor] of Object.entries(factors)) {
    await first.create(embeddedCaller, name);
    const runtime = first.find(name) as Runtime;
    const manifest = await build(rootOf(name), factor);
    const { service } = await runtime.services.apply(ownerOf(name), manifest);
    expect((await runtime.services.start(ownerOf(name), service.serviceId)).status.lifecycle).toBe('RUNNING');
  }
  expect([
    await scaled(first.find('acme') as Runtime, 'acme'),
    await scaled(first.find('beta') as Runtime, 'beta'),
  ]).toEqual([expect.stringContaining('20'), expect.stringContaining('30')]);
  expect(hosts.map(({ processes }) => processes)).toEqual([1, 1]);
  const acme = first.find('acme') as Runtime;
  const applied = (change: (manifest: Manifest) => Manifest) =>
    build(rootOf('acme'), 2)
      .then((manifest) => acme.services.apply(ownerOf('acme'), change(manifest)))
      .then(
        () => 'ok',
        (error: unknown) => (error as { failure: { code: string } }).failure.code,
      );
  const other = (spec: object) => (manifest: Manifest) =>
    ({
      ...manifest,
      metadata: { sourceFile: 'other', module: 'other' },
      spec: { ...manifest.spec, ...spec },
    }) as Manifest;
  const origin = (wasmPath: string) => other({ origin: { type: 'local_wasm', wasmPath, entry: 'mcp_main' } });
  const refused = [
    await applied(origin(join(rootOf('beta'), 'modules', 'calc.wasm'))),
    await applied(origin('/etc/passwd')),
    await applied(other({ capabilities: { random: true } })),
    await applied(other({ origin: { type: 'local_process', command: 'node', args: [] } })),
  ];
  expect(refused).toEqual(['ARTIFACT_UNREADABLE', 'ARTIFACT_UNREADABLE', 'MANIFEST_INVALID', 'ORIGIN_UNSUPPORTED']);
  await first.close();
  const second = await open();
  await second.autostart(true);
  expect(await scaled(second.find('acme') as Runtime, 'acme')).toContain('20');
  await second.remove(embeddedCaller, 'acme', true);
  expect(await scaled(second.find('beta') as Runtime, 'beta')).toContain('30');
  await second.close();
});
