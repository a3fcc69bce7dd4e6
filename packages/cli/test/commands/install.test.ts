import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { ApiClient } from '../../src/api/api-client.ts';
import { ParsedArgs } from '../../src/arguments/command-grammar.ts';
import type { CommandContext } from '../../src/command-support/command-context.ts';
import { install } from '../../src/commands/install.ts';
import { Output } from '../../src/terminal/output.ts';
import { capture } from '../support/capture.ts';
import { fakeRegistry, installUser } from '../support/install-user.ts';

const META = 'io.modelcontextprotocol.registry/official';
const npm = {
  registryType: 'npm',
  identifier: '@example/weather-mcp',
  version: '1.2.3',
  packageArguments: [{ type: 'positional', value: 'serve' }],
  environmentVariables: [
    { name: 'WEATHER_TOKEN', description: 'Token of the weather service', isRequired: true, isSecret: true },
    { name: 'UNITS', default: 'metric' },
    { name: 'OPTIONAL' },
  ],
};
const weather = { name: 'com.example/weather', version: '1.2.3', packages: [npm] };

test('a server.json is installed with its secret in the secret store and its version pinned', async () => {
  await using me = await installUser();
  await me.write('server.json', weather);
  await writeFile(join(me.cwd, 'token'), 'CANARYtoken123\n');
  const ran = await me.ctl('install', './server.json', '--secret', 'WEATHER_TOKEN=@token', '--yes');
  expect({ exitCode: ran.exitCode, stderr: ran.stderr }).toMatchObject({ exitCode: 0 });
  expect(`${ran.stdout}${ran.stderr}`).not.toContain('CANARY');
  expect(me.daemon.admitted).toMatchObject([
    {
      metadata: { module: 'weather' },
      spec: {
        origin: {
          command: 'npx',
          args: ['-y', '@example/weather-mcp@1.2.3', 'serve'],
          env: [
            { name: 'WEATHER_TOKEN', secretRef: 'file:install/weather/WEATHER_TOKEN' },
            { name: 'UNITS', value: 'metric' },
          ],
        },
      },
    },
  ]);
  expect((await me.ctl('auth', 'list-secrets')).json).toMatchObject({
    items: [{ authRef: 'file:install/weather/WEATHER_TOKEN', services: ['weather'] }],
  });
});

test('[first-hour.15] without a terminal a missing value ends with exit code 2 and the names of all missing values', async () => {
  await using me = await installUser();
  await me.write('server.json', weather);
  const { exitCode, stderr } = await me.ctl('install', './server.json', '--yes');
  expect([exitCode, stderr]).toEqual([2, expect.stringContaining('values are missing: WEATHER_TOKEN')]);
  const asking = await me.ctl('install', './server.json', '--set', 'WEATHER_TOKEN=x');
  expect([asking.exitCode, asking.stderr]).toEqual([2, expect.stringContaining('--dry-run or --yes')]);
  expect(me.daemon.admitted).toEqual([]);
});

test('[first-hour.15] at a terminal the missing value is asked for without echo, stored as a secret, and the service starts', async () => {
  await using me = await installUser();
  await me.write('server.json', weather);
  const [stdout, stderr] = [capture(80), capture(80)];
  const questions: string[] = [];
  const answer =
    <T>(value: T) =>
    (question: string) => {
      questions.push(question);
      return Promise.resolve(value);
    };
  const session = {
    api: new ApiClient({ daemonUrl: new URL(me.daemon.url), workspace: me.cwd }),
    output: new Output({ stdout, stderr, env: {} }),
    secretInput: { piped: () => Promise.resolve(''), ask: answer('CANARYtyped123') },
    ...{ confirm: answer(true), cwd: me.cwd, env: { PATH: '/nowhere' } },
  } as unknown as CommandContext;
  expect(await install.run(new ParsedArgs({ server: './server.json' }), session)).toBe(0);
  expect(questions).toEqual(['Install it as weather?', 'Token of the weather service (not shown): ']);
  expect(stdout.text).toContain('weather (svc_');
  expect(`${stdout.text}${stderr.text}${JSON.stringify(me.daemon.admitted)}`).not.toContain('CANARY');
  expect((await me.ctl('auth', 'list-secrets')).json).toMatchObject({
    items: [{ authRef: 'file:install/weather/WEATHER_TOKEN' }],
  });
});

test('a name is read from the registry, with and without a version', async () => {
  const status = (text: string) => ({ _meta: { [META]: { status: text } } });
  await using source = await fakeRegistry({
    'com.example/weather@latest': { server: weather, ...status('active') },
    'com.example/weather@1.0.0': { server: { ...weather, version: '1.0.0' }, ...status('deleted') },
    'com.example/other@latest': { server: weather },
  });
  await using me = await installUser(source.url);
  const set = ['--set', 'WEATHER_TOKEN=x', '--dry-run'];
  expect((await me.ctl('install', 'com.example/weather', ...set)).json).toEqual({
    name: 'weather',
    title: 'com.example/weather 1.2.3',
    starts: ['npx', '-y', '@example/weather-mcp@1.2.3', 'serve'],
    inputs: ['WEATHER_TOKEN', 'UNITS'],
    missing: [],
  });
  expect(source.asked).toEqual(['/v0.1/servers/com.example%2Fweather/versions/latest']);
  expect((await me.ctl('install', 'com.example/weather@1.0.0', ...set)).stderr).toContain('as deleted');
  expect((await me.ctl('install', 'com.example/weather@1.0.0', '--force', ...set)).exitCode).toBe(0);
  expect((await me.ctl('install', 'com.example/absent', ...set)).stderr).toContain(
    "does not have 'com.example/absent'",
  );
  expect((await me.ctl('install', 'com.example/other', ...set)).stderr).toContain('returned another server');
});

test.each([
  ['uvx', { registryType: 'pypi', identifier: 'weather-mcp', version: '1.0' }, ['uvx', 'weather-mcp@1.0']],
  [
    'docker',
    {
      registryType: 'oci',
      identifier: 'docker.io/example/weather:1.0',
      environmentVariables: [{ name: 'A', value: 'b' }],
    },
    ['docker', 'run', '-i', '--rm', '--init', '-e', 'A', 'docker.io/example/weather:1.0'],
  ],
  [
    'dnx',
    { registryType: 'nuget', identifier: 'Weather.Mcp', version: '1.0.0', runtimeHint: 'dotnet' },
    ['dnx', 'Weather.Mcp@1.0.0', '--yes', '--'],
  ],
  [
    'npx with one argument for hostile text',
    {
      registryType: 'npm',
      identifier: 'a',
      version: '1.0.0',
      packageArguments: [{ type: 'positional', value: '; rm -rf ~' }],
    },
    ['npx', '-y', 'a@1.0.0', '; rm -rf ~'],
  ],
  [
    'npx with named arguments',
    {
      registryType: 'npm',
      identifier: 'a',
      version: '1.0.0',
      packageArguments: [{ type: 'named', name: '--dir', value: '/x/{sub}', variables: { sub: { default: 'y' } } }],
    },
    ['npx', '-y', 'a@1.0.0', '--dir', '/x/y'],
  ],
])('a package runs with %s', async (_, pack, starts) => {
  await using me = await installUser();
  await me.write('server.json', { name: 'com.example/a', packages: [pack] });
  expect((await me.ctl('install', './server.json', '--dry-run')).json).toMatchObject({ starts });
});

test.each([
  [{ ...npm, runtimeHint: 'bash' }, "runtimeHint 'bash' is refused"],
  [{ ...npm, identifier: '-c' }, 'the identifier of the npm package is not valid'],
  [{ ...npm, identifier: 'a;b' }, 'the identifier of the npm package is not valid'],
  [{ ...npm, version: 'latest' }, 'the version of the package is not valid'],
  [{ ...npm, registryBaseUrl: 'https://evil.example' }, 'not from https://registry.'],
  [{ ...npm, registryType: 'cargo' }, 'neither a package that can be run nor a remote'],
  [
    { ...npm, runtimeArguments: [{ type: 'positional', value: '--call=sh' }] },
    'a runtime argument of the package is refused',
  ],
  [{ ...npm, transport: { type: 'streamable-http' } }, 'the package starts an HTTP server'],
  [{ registryType: 'mcpb', identifier: 'https://a.example/x.mcpb' }, 'the document has no fileSha256'],
])('[first-hour.16] T-458 the package %j is refused', async (pack, message) => {
  await using me = await installUser();
  await me.write('server.json', { name: 'com.example/a', packages: [pack] });
  const { exitCode, stderr } = await me.ctl('install', './server.json', '--set', 'WEATHER_TOKEN=x', '--yes');
  expect([exitCode, stderr]).toEqual([1, expect.stringContaining(message)]);
  expect(me.daemon.admitted).toEqual([]);
});

test('a remote endpoint is used with --remote, and its header is a secret', async () => {
  await using me = await installUser();
  const headers = [
    { name: 'Authorization', value: 'Bearer {token}', variables: { token: { isSecret: true, isRequired: true } } },
  ];
  const remotes = [{ type: 'streamable-http', url: 'https://a.example/mcp', headers }];
  await me.write('server.json', { ...weather, remotes });
  const { exitCode } = await me.ctl('install', './server.json', '--remote', '--set', 'token=CANARYremote', '--yes');
  expect(exitCode).toBe(0);
  expect(me.daemon.admitted).toMatchObject([
    {
      spec: {
        origin: {
          endpoint: 'https://a.example/mcp',
          headers: [{ name: 'Authorization', value: 'Bearer ${secret:file:install/weather/token}' }],
        },
      },
    },
  ]);
});

test.each([
  ['an absent file', './absent.json', 'neither a file nor the name of a server'],
  ['plain http', 'http://a.example/server.json', 'is not an https address'],
])('%s is refused with exit code 2', async (_, named, message) => {
  await using me = await installUser();
  const { exitCode, stderr } = await me.ctl('install', named, '--yes');
  expect([exitCode, stderr]).toEqual([2, expect.stringContaining(message)]);
});

test('a document of another kind is refused with its member', async () => {
  await using me = await installUser();
  await me.write('x.json', { packages: 1 });
  const { stderr } = await me.ctl('install', 'x.json', '--yes');
  expect(stderr).toContain('the document is not a server.json');
});
