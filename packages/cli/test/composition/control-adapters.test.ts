import { chmod, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { compile, formatDiagnostic } from '@clarity-runtime/compiler';
import { createRuntime, grantOf, RawJson, type Caller, type Runtime } from '@clarity-runtime/core';
import { controlAdapters, controlOptions } from '../../src/composition/control-adapters.ts';
import { daemonSettings } from '../../src/settings/daemon-settings.ts';
import { resolveSettings } from '../../src/settings/setting.ts';
import { stockAdapters } from '../../src/composition/stock-adapters.ts';
import { MAX_SILENCE_MS, silenceDuring } from '../../../../test/support/silence.ts';
import { temporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';

const client: Caller = {
  tenant: 'default',
  principal: { kind: 'loopback', id: 'loopback' },
  credential: { kind: 'none', id: 'loopback' },
  door: 'mcp',
  grants: [grantOf('read', 'call', 'inspect', 'operate', 'provision')],
};

interface Answer {
  readonly isError?: boolean;
  readonly content: readonly { readonly text: string }[];
  readonly structuredContent?: Readonly<Record<string, unknown>>;
}

interface Stage extends AsyncDisposable {
  readonly folder: TemporaryFolder;
  call(name: string, args: object): Promise<Answer>;
}

/** A stock runtime over a temporary folder with real files, modules and compiler. */
async function stage(env: Readonly<Record<string, string>> = {}): Promise<Stage> {
  const folder = await temporaryFolder();
  const settings = resolveSettings(daemonSettings, {}, env);
  const runtime: Runtime = await createRuntime(
    {
      ...(await stockAdapters({ workspace: folder.path })),
      ...(await controlAdapters(settings, folder.path, { PATH: process.env['PATH'], ...env })),
    },
    controlOptions(settings),
  );
  const peer = runtime.gateway.open({ caller: client, era: 'legacy', revision: '2025-11-25' });
  return {
    folder,
    call: async (name, args) => {
      const params = new Map([
        ['name', RawJson.of(name)],
        ['arguments', RawJson.of(args)],
      ]);
      const exchange = {
        signal: new AbortController().signal,
        send: () => undefined,
        ask: () => Promise.reject(new Error('unexpected request')),
      };
      const reply = await peer.request({ method: 'tools/call', params }, exchange);
      if ('error' in reply) throw new Error(reply.error.message);
      return reply.result.value as Answer;
    },
    [Symbol.asyncDispose]: async () => {
      await runtime.close();
      await folder[Symbol.asyncDispose]();
    },
  };
}

/** A program that writes a canary file when it runs. */
async function evil(folder: string): Promise<{ readonly bin: string; readonly ran: () => Promise<boolean> }> {
  const [bin, canary] = [join(folder, 'evil.sh'), join(folder, 'canary')];
  await writeFile(bin, `#!/bin/sh\nenv > ${canary}\necho 1.0\n`);
  await chmod(bin, 0o755);
  return { bin, ran: async () => (await readdir(folder)).includes('canary') };
}

test('[assist.bootstrap-app] bootstrap_clarity_app scaffolds, compiles and starts an app that serves calls', async () => {
  await using s = await stage();
  const made = await s.call('runtime__bootstrap_clarity_app', { project_name: 'shop', module_name: 'Shop' });
  expect(made.structuredContent).toMatchObject({ registered: true, started: true, service: { lifecycle: 'RUNNING' } });
  const greeted = await s.call('shop__fn__greet', { name: 'Ada' });
  expect(greeted.structuredContent).toEqual({ result: 'Hello, Ada!' });
  expect((await s.call('shop__fn__add', { a: 2, b: 3 })).structuredContent).toEqual({ result: 5 });
  expect(await readFile(join(s.folder.path, 'shop/clarity.toml'), 'utf8')).toContain('name = "shop"');
  const again = await s.call('runtime__bootstrap_clarity_app', { project_name: 'shop', module_name: 'Shop' });
  expect(again.content[0]?.text).toContain('the file exists: shop/src/main.clarity');
  const over = { project_name: 'shop', module_name: 'Shop', overwrite: true };
  expect((await s.call('runtime__bootstrap_clarity_app', over)).structuredContent).toMatchObject({ started: true });
});

test('bootstrap_clarity_app replaces only the source, and changes nothing when it does not compile', async () => {
  await using s = await stage();
  const app = { project_name: 'shop', module_name: 'Shop' };
  await s.call('runtime__bootstrap_clarity_app', app);
  await writeFile(join(s.folder.path, 'shop/README.md'), 'mine');
  const source = 'module Shop\n\nexport function one() -> Int64 {\n  1\n}\n';
  const refused = await s.call('runtime__bootstrap_clarity_app', { ...app, source });
  expect(refused.content[0]?.text).toContain('the file exists: shop/src/main.clarity');
  const bad = { ...app, source: source.replace('  1', '  nobody'), overwrite: true };
  expect((await s.call('runtime__bootstrap_clarity_app', bad)).content[0]?.text).toContain('nobody');
  expect((await s.call('shop__fn__add', { a: 2, b: 3 })).structuredContent).toEqual({ result: 5 });
  const made = await s.call('runtime__bootstrap_clarity_app', { ...app, source, overwrite: true });
  expect(made.structuredContent).toMatchObject({ started: true });
  expect((await s.call('shop__fn__one', {})).structuredContent).toEqual({ result: 1 });
  expect(await readFile(join(s.folder.path, 'shop/src/main.clarity'), 'utf8')).toBe(source);
  expect(await readFile(join(s.folder.path, 'shop/README.md'), 'utf8')).toBe('mine');
});

test('R11b bootstrap_clarity_app keeps the event loop free while it builds a source of 238 kB', async () => {
  await using s = await stage();
  await s.call('runtime__bootstrap_clarity_app', { project_name: 'first' });
  const variants = Array.from({ length: 12_000 }, (_, i) => `  | C${String(i)}(a: Int64)`).join('\n');
  const source = `module Big\n\ntype Union =\n${variants}\n\nfunction one() -> Int64 {\n  1\n}\n`;
  expect(source.length).toBeGreaterThan(235_000);
  const silence = await silenceDuring(async () => {
    const app = { project_name: 'big', module_name: 'Big', source, overwrite: true };
    const made = await s.call('runtime__bootstrap_clarity_app', app);
    expect(made.structuredContent).toMatchObject({ registered: true, started: true });
  });
  expect(silence).toBeLessThan(MAX_SILENCE_MS);
});

test('[deprovision.cleanup] deprovision deletes the module of an app and keeps its sources', async () => {
  await using s = await stage();
  const made = await s.call('runtime__bootstrap_clarity_app', { project_name: 'shop' });
  const { service_id: id } = made.structuredContent?.['service'] as { service_id: string };
  const gone = await s.call('runtime__remove_service', { service_id: id, cleanup_artifacts: true });
  expect(gone.structuredContent).toEqual({ removed: true, artifactRemoved: true, serviceId: id });
  expect(await readdir(join(s.folder.path, 'shop/.clarity/build'))).toEqual([]);
  expect(await readdir(join(s.folder.path, 'shop/src'))).toEqual(['main.clarity']);
});

test.each(['-o', '..', '.', 'a/b', '\n', '.git', '$(id)', 'a;b'])(
  'X04 bootstrap_clarity_app rejects the project name %j and writes nothing',
  async (name) => {
    await using s = await stage();
    const before = await readdir(s.folder.path, { recursive: true });
    const answer = await s.call('runtime__bootstrap_clarity_app', { project_name: name });
    expect(answer.isError).toBe(true);
    expect(await readdir(s.folder.path, { recursive: true })).toEqual(before);
  },
);

test('X01 X02 a compiler program in the arguments of a caller is not run', async () => {
  await using s = await stage();
  const { bin, ran } = await evil(s.folder.path);
  for (const [name, more] of [
    ['runtime__ensure_compiler', {}],
    ['clarity__ensure_compiler', {}],
    ['runtime__bootstrap_clarity_app', { project_name: 'app' }],
  ] as const) {
    expect((await s.call(name, { compiler_bin: bin, ...more })).isError).toBe(true);
  }
  expect(await ran()).toBe(false);
});

test('X03 an install command is not run without the gate, and never through a shell', async () => {
  const gate = {
    CLARITY_ENABLE_COMPILER_INSTALL: '1',
    CLARITY_COMPILER_INSTALL_ALLOWLIST: 'sh,env',
    CLARITYC_BIN: 'clarityc-none',
  };
  for (const env of [{ CLARITYC_BIN: 'clarityc-none' }, gate]) {
    await using s = await stage(env);
    const { ran } = await evil(s.folder.path);
    for (const command of [
      ['sh', '-c', `touch ${s.folder.path}/canary`],
      ['env', 'sh'],
      [join(s.folder.path, 'evil.sh')],
    ]) {
      const answer = await s.call('runtime__ensure_compiler', { auto_install: true, install_command: command });
      expect(answer.content[0]?.text).toContain('compiler install is disabled');
    }
    expect(await ran()).toBe(false);
  }
});

test('T-250 [env.compiler-install] [env.compiler-install-allowlist] an installer gets no secrets', async () => {
  await using tools = await temporaryFolder();
  const { bin } = await evil(tools.path);
  const env = {
    PATH: `${tools.path}:${process.env['PATH'] ?? ''}`,
    CLARITY_ENABLE_COMPILER_INSTALL: 'yes',
    CLARITY_COMPILER_INSTALL_ALLOWLIST: 'evil.sh',
    CLARITYC_BIN: 'clarityc-none',
    CLARITYD_AUTH_TOKEN: 'canary-4711-canary',
    CLARITY_REMOTE_AUTH_X: 'canary-4712',
  };
  await using s = await stage(env);
  const answer = await s.call('runtime__ensure_compiler', {
    auto_install: true,
    install_command: ['evil.sh', 'install'],
  });
  expect(answer.structuredContent).toMatchObject({ installed: true, available: false, install: { exit_code: 0 } });
  const seen = await readFile(join(tools.path, 'canary'), 'utf8');
  expect(seen).toContain('PATH=');
  expect(seen).not.toMatch(/canary-471|CLARITY/);
  expect(bin).toContain('evil.sh');
});

test('[assist.ensure-compiler] ensure_compiler finds the built-in compiler but not a missing one', async () => {
  await using ready = await stage();
  expect((await ready.call('runtime__ensure_compiler', {})).structuredContent).toMatchObject({ available: true });
  await using missing = await stage({ CLARITYC_BIN: 'clarityc-none' });
  const answer = await missing.call('runtime__ensure_compiler', {});
  expect(answer.structuredContent).toMatchObject({
    compiler_bin: 'clarityc-none',
    available: false,
    error: expect.stringContaining('program not found'),
  });
});

test('[assist.help] every example of clarity_help compiles', async () => {
  await using s = await stage();
  const { all_topics: topics } = (await s.call('runtime__clarity_help', {})).structuredContent as {
    all_topics: string[];
  };
  const examples = new Map<string, string>();
  for (const topic of topics) {
    const { details } = (await s.call('runtime__clarity_help', { topic })).structuredContent as {
      details: { examples?: { title: string; source: string }[] };
    };
    for (const { title, source } of details.examples ?? []) examples.set(title, source);
  }
  expect(examples.size).toBeGreaterThanOrEqual(5);
  for (const [title, text] of examples) {
    const result = compile({ file: title, text });
    const found = result.ok ? result.warnings : result.diagnostics;
    expect([title, found.map(formatDiagnostic)]).toEqual([title, []]);
  }
});
