import { expect, test } from '@jest/globals';
import { createRuntime } from '@clarity-runtime/core';
import type { Compiler, CompilerInstaller } from '@clarity-runtime/core/ports';
import { controlStage, fakeCompiler, provisioner } from '../../support/control-stage.ts';
import { FakeConnector } from '../../support/fake-connector.ts';
import { agent, ask, namesOf, operator, resultOf } from '../../support/speak.ts';

test('[assist.help] help returns a topic, and the overview for an unknown one', async () => {
  await using stage = await controlStage();
  const overview = await stage.call('clarity_help');
  expect(overview).toMatchObject({ topic: 'overview', details: { default_language: 'clarity' } });
  expect(overview['all_topics']).toEqual(
    expect.arrayContaining(['prompts', 'onboarding', 'syntax', 'types', 'effects']),
  );
  expect(await stage.call('clarity_help', { topic: ' Types ' })).toMatchObject({ topic: 'types' });
  for (const topic of ['__proto__', 'constructor', 'nothing']) {
    expect(await stage.call('clarity_help', { topic })).toEqual(overview);
  }
});

test('[assist.project-structure] project structure returns tree, files and their contents', async () => {
  await using stage = await controlStage();
  expect(await stage.call('clarity_project_structure', { project_name: 'shop', module_name: 'Shop' })).toMatchObject({
    project_name: 'shop',
    module_name: 'Shop',
    tree: ['shop/', '  clarity.toml', '  README.md', '  src/', '    main.clarity', '  tests/', '    smoke.md'],
    files: [{ path: 'src/main.clarity', template: expect.stringContaining('module Shop\n') }, {}, {}, {}],
  });
  const { files } = await stage.call('clarity_project_structure', { include_templates: false });
  expect(JSON.stringify(files)).not.toContain('template');
});

test.each(['x"\nevil = "1', 'a b', '-o', '..', '.git', 'a/b', 'x;id', ''])(
  'X07 a name that would break out of a template is refused: %j',
  async (name) => {
    await using stage = await controlStage();
    for (const field of ['project_name', 'module_name']) {
      const { code, text } = await stage.refused('clarity_project_structure', { [field]: name });
      expect(code).toBe('ARGUMENTS_INVALID');
      expect(text).toContain(field);
    }
  },
);

test('[assist.sources] sources are listed with their modules, and with excerpts on request', async () => {
  await using stage = await controlStage();
  expect(await stage.call('clarity_sources', { limit: 1 })).toEqual({
    workspace: '/ws',
    dir: '.',
    total_found: 2,
    returned: 1,
    items: [{ file: 'a.clarity', module: 'a' }],
  });
  expect(await stage.call('clarity_sources', { include_excerpt: true, excerpt_chars: 64 })).toMatchObject({
    items: [{ excerpt: 'module of a.clarity' }, { file: 'lib/b.clarity', module: 'b' }],
  });
  expect(await stage.refused('clarity_sources', { dir: '/etc' })).toMatchObject({ code: 'PATH_FORBIDDEN' });
});

test('[assist.ensure-compiler] ensure_compiler returns the name and version of the compiler', async () => {
  await using stage = await controlStage();
  expect(await stage.call('ensure_compiler', {}, provisioner)).toEqual({
    compiler_bin: 'embedded',
    available: true,
    installed: false,
    version: '1.2.3',
  });
  expect(await stage.call('ensure_compiler', {})).toMatchObject({ available: true });
  expect(await stage.refused('ensure_compiler', { auto_install: true })).toMatchObject({ code: 'GRANT_REQUIRED' });
});

test('X01 X02 a compiler that a caller names runs only if it is the configured one', async () => {
  await using stage = await controlStage();
  for (const bin of ['/tmp/evil.sh', './evil', '--version;id', 'embedded ']) {
    const ensure = await stage.refused('ensure_compiler', { compiler_bin: bin }, provisioner);
    expect(ensure).toMatchObject({ code: 'ARGUMENTS_INVALID' });
    const app = { project_name: 'app', compiler_bin: bin };
    expect(await stage.refused('bootstrap_clarity_app', app, provisioner)).toMatchObject({ code: 'ARGUMENTS_INVALID' });
  }
  expect(stage.workspace.files.size).toBe(0);
  expect(await stage.call('ensure_compiler', { compiler_bin: 'embedded' }, provisioner)).toMatchObject({
    available: true,
  });
});

const missing: Compiler = { ...fakeCompiler, state: () => Promise.resolve({ available: false, problem: 'not there' }) };
const installing = { auto_install: true, install_command: ['brew', 'install', 'clarityc'] };

function installer(allowed: readonly string[], ran: (readonly string[])[]): CompilerInstaller {
  return {
    allowed,
    run: (command) => {
      ran.push(command);
      return Promise.resolve({ exitCode: 0, output: 'done' });
    },
  };
}

test('X03 without the install gate no command is run', async () => {
  await using stage = await controlStage({}, { compiler: missing });
  expect(await stage.refused('ensure_compiler', installing, provisioner)).toMatchObject({ code: 'INSTALL_FORBIDDEN' });
  expect(await stage.call('ensure_compiler', {}, provisioner)).toMatchObject({ available: false, error: 'not there' });
});

test.each([
  ['a shell', ['sh'], ['sh', '-c', 'touch canary']],
  ['an interpreter with a version', ['python3.12'], ['python3.12', '-c', '1']],
  ['something that runs others', ['env', 'sudo', 'xargs'], ['env', 'sh']],
  ['what is not allowed', ['brew'], ['apt-get', 'install', 'x']],
  ['a path', ['/bin/brew'], ['/bin/brew', 'install']],
  ['an empty list', [], ['brew', 'install', 'x']],
  ['an option with a value', ['apt-get'], ['apt-get', '-o', 'APT::Update::Pre-Invoke::=sh']],
  ['a path as argument', ['apt-get'], ['apt-get', 'install', './evil.deb']],
  ['a URL as argument', ['brew'], ['brew', 'install', 'https://evil.test/x.rb']],
])('X03 X04 an installer that is %s is refused', async (_what, allowed, command) => {
  const ran: (readonly string[])[] = [];
  const parts = { compiler: missing, compilerInstaller: installer(allowed, ran) };
  await using stage = await controlStage({}, parts);
  const args = { auto_install: true, install_command: command };
  expect(await stage.refused('ensure_compiler', args, provisioner)).toMatchObject({ code: 'INSTALL_FORBIDDEN' });
  expect(ran).toEqual([]);
});

test('an allowed installer runs once, and the program is audited', async () => {
  const ran: (readonly string[])[] = [];
  await using stage = await controlStage({}, { compiler: missing, compilerInstaller: installer(['brew'], ran) });
  expect(await stage.call('ensure_compiler', installing, provisioner)).toMatchObject({
    installed: true,
    install: { exit_code: 0 },
    error: 'not there',
  });
  expect(ran).toEqual([installing.install_command]);
  const events = await stage.runtime.audit.recent(operator, { limit: 5 });
  expect(events.find(({ kind }) => kind === 'compiler.install_attempted')).toMatchObject({ data: { program: 'brew' } });
});

test('[assist.bootstrap-app] an app is compiled, written, registered and started', async () => {
  await using stage = await controlStage();
  const made = await stage.call(
    'bootstrap_clarity_app',
    { project_name: 'shop', module_name: 'Shop', dir: './apps' },
    provisioner,
  );
  expect(made).toMatchObject({
    project_dir: 'apps/shop',
    registered: true,
    started: true,
    service: { module: 'Shop', lifecycle: 'RUNNING', source_file: 'main.clarity' },
    compile: { wasm: '/ws/apps/shop/.clarity/build/Shop.wasm' },
  });
  expect([...stage.workspace.files.keys()]).toEqual(made['files_written']);
});

test('an app that does not compile or start leaves no files and no service', async () => {
  const broken: Compiler = { ...fakeCompiler, compile: () => Promise.resolve({ ok: false, findings: 'line 1' }) };
  await using first = await controlStage({}, { compiler: broken });
  const args = { project_name: 'shop' };
  expect(await first.refused('bootstrap_clarity_app', args, provisioner)).toMatchObject({ code: 'COMPILE_FAILED' });
  expect(first.workspace.files.size).toBe(0);
  await using second = await controlStage();
  second.connector.failure = new Error('no');
  expect(await second.refused('bootstrap_clarity_app', args, provisioner)).toMatchObject({
    code: 'SERVICE_START_FAILED',
  });
  expect(second.workspace.files.size).toBe(0);
  expect(second.runtime.services.list(operator)).toEqual([]);
});

test('S13 without the gate no file is written and nothing is compiled', async () => {
  let compiled = 0;
  const counting: Compiler = {
    ...fakeCompiler,
    compile: () => {
      compiled += 1;
      return Promise.resolve({ ok: false, findings: '' });
    },
  };
  await using stage = await controlStage({}, { compiler: counting });
  expect(await stage.refused('bootstrap_clarity_app', { project_name: 'shop' })).toMatchObject({
    code: 'GRANT_REQUIRED',
  });
  expect([compiled, stage.workspace.files.size]).toEqual([0, 0]);
});

test('five tools are callable by their second names, which are not listed', async () => {
  await using stage = await controlStage();
  const { runtime } = stage;
  const aliases = ['help', 'sources', 'project_structure', 'ensure_compiler', 'bootstrap_app'];
  const all = namesOf(await ask(runtime, 'tools/list', {}, { caller: provisioner }));
  expect(all.filter((name) => name.startsWith('clarity__'))).toEqual([]);
  for (const name of aliases) {
    const reply = await ask(
      runtime,
      'tools/call',
      { name: `clarity__${name}`, arguments: { nope: 1 } },
      { caller: provisioner },
    );
    expect(resultOf(reply)).toMatchObject({ isError: true, _meta: { 'clarity/error': { code: 'ARGUMENTS_INVALID' } } });
  }
  expect(await stage.call('clarity__help', { topic: 'syntax' })).toMatchObject({ topic: 'syntax' });
  expect(await stage.refused('clarity__bootstrap_app', { project_name: 'x' }, agent)).toMatchObject({
    code: 'GRANT_REQUIRED',
  });
});

test('control tools report a missing workspace and compiler', async () => {
  await using runtime = await createRuntime({ connectors: [new FakeConnector()] }, { controlTools: true });
  const call = async (name: string, args: object): Promise<unknown> =>
    resultOf(await ask(runtime, 'tools/call', { name: `runtime__${name}`, arguments: args }, { caller: provisioner }));
  const refusal = (code: string): unknown =>
    expect.objectContaining({ _meta: expect.objectContaining({ 'clarity/error': { code, retryable: false } }) });
  expect(await call('clarity_sources', {})).toEqual(refusal('PATH_FORBIDDEN'));
  expect(await call('ensure_compiler', {})).toEqual(refusal('COMPILER_UNAVAILABLE'));
  expect(await call('register_local', { wasm_path: 'x.wasm' })).toEqual(refusal('PATH_FORBIDDEN'));
  expect(await call('status_summary', {})).toMatchObject({ structuredContent: { total: 0 } });
});
