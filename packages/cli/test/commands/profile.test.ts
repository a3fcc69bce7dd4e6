import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { createHttpServer } from '@clarity-runtime/adapter-http';
import { createRuntime, embeddedCaller, RawJson, type Manifest, type Runtime } from '@clarity-runtime/core';
import type { ServiceConnector } from '@clarity-runtime/core/ports';
import { runCtl } from '../../src/programs/clarityctl-program.ts';
import { exitCodeOf } from '../../src/programs/run-program.ts';
import { capture } from '../support/capture.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

interface Stage extends AsyncDisposable {
  readonly runtime: Runtime;
  ctl(...argv: readonly string[]): Promise<{ exitCode: number; stdout: string; stderr: string }>;
}

const manifestOf = (module: string): Manifest => ({
  apiVersion: 'clarity.runtime/v1',
  kind: 'MCPService',
  metadata: { sourceFile: `/src/${module}.clarity`, module },
  spec: {
    origin: { type: 'local_wasm', wasmPath: `/src/${module}.wasm`, entry: 'mcp_main' },
    enabled: true,
    autostart: true,
    policyRef: 'default',
    restartPolicy: { mode: 'never', maxRestarts: 0, windowSeconds: 60 },
  },
});

/** Services with the tools of a test. */
const connectorOf = (tools: readonly object[]): ServiceConnector => ({
  origin: 'local_wasm',
  admit: () => Promise.resolve(undefined),
  connect: () =>
    Promise.resolve({
      era: 'legacy',
      capabilities: { tools: {} },
      request: () => Promise.resolve({ result: RawJson.of({ tools }) }),
      notify: () => undefined,
      close: () => Promise.resolve(),
    }),
});

async function stage(tools: readonly object[], services: readonly string[]): Promise<Stage> {
  const runtime = await createRuntime({ connectors: [connectorOf(tools)] });
  for (const name of services) {
    const { service } = await runtime.services.apply(embeddedCaller, manifestOf(name));
    await runtime.services.start(embeddedCaller, service.serviceId);
  }
  const server = createHttpServer(runtime, { host: '127.0.0.1', port: 0 });
  const { url } = await server.listen();
  return {
    runtime,
    ctl: async (...argv) => {
      const [stdout, stderr] = [capture(120), capture(120)];
      const env = { CLARITYD_URL: url, NO_COLOR: '1' };
      const exitCode = await exitCodeOf(runCtl, { argv, cwd: process.cwd(), stdout, stderr, env });
      return { exitCode, stdout: stdout.text, stderr: stderr.text };
    },
    [Symbol.asyncDispose]: async () => {
      await server.close();
      await runtime.close();
    },
  };
}

const tool = (name: string) => ({ name, description: `${name} something`, inputSchema: { type: 'object' } });

test('profile apply, set, show, list, preview and remove manage a profile', async () => {
  await using s = await stage([tool('search'), tool('send')], ['docs', 'mail']);
  const flags = ['--service', 'docs', '--rename', 'docs/search=find', '--deny', 'docs/send', '--rate', '60'];
  const made = await s.ctl('profile', 'apply', 'coding', ...flags, '--json');
  expect(made).toMatchObject({ exitCode: 0, stderr: '' });
  expect(JSON.parse(made.stdout)).toMatchObject({
    profiles: [
      {
        metadata: { name: 'coding' },
        spec: {
          services: ['docs'],
          tools: { deny: ['docs/send'] },
          rename: { 'docs/search': 'find' },
          limits: { perMinute: 60 },
        },
      },
    ],
  });
  expect((await s.ctl('profile', 'set', 'coding', '--prompts', 'off', '--allow', 'docs/*')).exitCode).toBe(0);
  const shown = JSON.parse((await s.ctl('profile', 'show', 'coding', '--json')).stdout) as {
    profile: { spec: object };
  };
  expect(shown.profile.spec).toMatchObject({
    services: ['docs'],
    prompts: false,
    tools: { allow: ['docs/*'], deny: ['docs/send'] },
  });
  expect((await s.ctl('profile', 'show', 'coding')).stdout).toContain('kind');
  const preview = JSON.parse((await s.ctl('profile', 'preview', 'coding', '--json')).stdout) as object;
  expect(preview).toMatchObject({ tools: [{ name: 'find', namespace: 'docs', tool: 'search', isListed: true }] });
  expect((await s.ctl('profile', 'list')).stdout).toContain('coding');
  expect((await s.ctl('profile', 'remove', 'coding')).exitCode).toBe(0);
  expect(await s.ctl('profile', 'show', 'coding')).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('profile not found'),
  });
});

test.each([
  [['profile', 'apply'], 'the name is missing'],
  [['profile', 'change', 'x'], 'unknown action'],
  [['profile', 'apply', 'x', '--prefix', 'some'], '--prefix'],
  [['profile', 'apply', 'x', '--rename', 'docs'], '--rename'],
  [['profile', 'apply', 'x', '--max-tools', '0'], '--max-tools'],
  [['gateway', 'serve', '--stdio', '--profile', 'x', '--service', 'y'], 'exclude each other'],
])('clarityctl %j is a usage error', async (argv, text) => {
  await using s = await stage([], []);
  expect(await s.ctl(...argv)).toMatchObject({ exitCode: 2, stderr: expect.stringContaining(text) });
});

test('a document of kind Profile is applied by profile apply -f and by apply -f', async () => {
  await using s = await stage([tool('search')], ['docs']);
  await using folder = await temporaryFolder();
  const document = {
    apiVersion: 'clarity.runtime/v1',
    kind: 'Profile',
    metadata: { name: 'coding' },
    spec: { services: ['docs'] },
  };
  const path = join(folder.path, 'profile.json');
  await writeFile(path, JSON.stringify(document));
  expect(await s.ctl('profile', 'apply', '-f', path)).toMatchObject({ exitCode: 0 });
  await writeFile(path, JSON.stringify([{ ...document, metadata: { name: 'second' } }]));
  const applied = await s.ctl('apply', '-f', path, '--json');
  expect(JSON.parse(applied.stdout)).toMatchObject({ ok: true, applied: 1, profiles: [{ profile: 'second' }] });
  const names = (await s.runtime.profiles.list(embeddedCaller)).map(({ metadata }) => metadata.name);
  expect(names).toEqual(['coding', 'second']);
  await writeFile(path, JSON.stringify({ ...document, spec: { services: [] } }));
  expect(await s.ctl('apply', '-f', path)).toMatchObject({ exitCode: 1 });
});

/** A tool of about 300 tokens: 26 of them are the mean size of a server of the matrix, 7,850 tokens. */
const large = (index: number) => ({
  name: `operation_${String(index)}`,
  description: `Operation ${String(index)}: ${'describes what it does and when a model uses it. '.repeat(10)}`,
  inputSchema: {
    type: 'object',
    properties: Object.fromEntries(
      Array.from({ length: 7 }, (_, at) => [
        `parameter_${String(at)}`,
        { type: 'string', description: 'A parameter of the operation, with its format and its unit.' },
      ]),
    ),
  },
});

test('20 services of 7,850 tokens each cost a client of a profile with search less than 5,000 tokens', async () => {
  const tools = Array.from({ length: 26 }, (_, at) => large(at));
  await using s = await stage(
    tools,
    Array.from({ length: 20 }, (_, at) => `server${String(at)}`),
  );
  const full = JSON.parse((await s.ctl('cost', '--json')).stdout) as { tools: number; tokens: number };
  expect(full).toMatchObject({ tools: 520 });
  expect(full.tokens).toBeGreaterThan(157_000);
  await s.ctl('profile', 'apply', 'small', '--discovery', 'search');
  const small = JSON.parse((await s.ctl('cost', '--profile', 'small', '--json')).stdout) as typeof full;
  expect(small.tools).toBe(3);
  const discovered = s.runtime.profiles.bind('small');
  const peer = s.runtime.gateway.open({
    caller: { ...embeddedCaller, door: 'mcp', profile: discovered },
    era: 'modern',
    revision: '2026-07-28',
  });
  const reply = await peer.request(
    { method: 'server/discover', params: new Map() },
    { signal: new AbortController().signal, send: () => undefined, ask: () => Promise.reject(new Error('not used')) },
  );
  const { instructions } = ('result' in reply ? reply.result.value : {}) as { readonly instructions: string };
  const tokens = small.tokens + Math.ceil(Buffer.byteLength(instructions) / 4);
  expect(tokens).toBeLessThan(5_000);
  expect(tokens).toBeLessThan(1_000);
});
