import { expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { createRequire } from 'node:module';
import { windowsCommand, WindowsSystem } from '../../src/process/windows-system.ts';
import { processSystem } from '../../src/process/system-of-platform.ts';
import { nodeArgs } from '../support/process-service.ts';
import { isAlive, until } from '../support/talk.ts';

const env = { SystemRoot: 'D:\\Win', PATH: process.env['PATH'] ?? '' };
const none = (): Promise<boolean> => Promise.resolve(false);

test('processSystem is the one of Windows on win32, and the one of POSIX elsewhere', () => {
  expect(processSystem('win32')).toBeInstanceOf(WindowsSystem);
  for (const platform of ['linux', 'darwin']) expect(processSystem(platform)).not.toBeInstanceOf(WindowsSystem);
});

test('[first-hour.40] windowsCommand starts a program directly', async () => {
  const command = await windowsCommand({ program: 'C:\\x\\uv.exe', args: ['a b', '"'], env }, none);
  expect(command).toEqual({ file: 'C:\\x\\uv.exe', args: ['a b', '"'], isVerbatim: false });
});

test.each(['npx', 'npm'])(
  'windowsCommand starts Node.js instead of %s.cmd when both files are beside it',
  async (name) => {
    const args = ['-y', 'pkg', '100%'];
    const beside = await windowsCommand({ program: `C:\\node\\${name}.CMD`, args, env }, () => Promise.resolve(true));
    const script = `C:\\node\\node_modules\\npm\\bin\\${name}-cli.js`;
    expect(beside).toEqual({ file: 'C:\\node\\node.exe', args: [script, ...args], isVerbatim: false });
    const alone = await windowsCommand({ program: `C:\\node\\${name}.cmd`, args, env }, none);
    expect(alone).toMatchObject({ file: 'D:\\Win\\System32\\cmd.exe', isVerbatim: true });
  },
);

test('windowsCommand runs any other batch file with the cmd.exe of the system, whatever ComSpec says', async () => {
  const hostile = { ...env, ComSpec: 'C:\\evil.exe' };
  const { file, args, isVerbatim } = await windowsCommand(
    { program: 'C:\\x\\a.bat', args: ['x&y'], env: hostile },
    none,
  );
  expect([file, isVerbatim, args.at(-1)]).toEqual(['D:\\Win\\System32\\cmd.exe', true, '""C:\\x\\a.bat" "x&y""']);
});

test('[first-hour.40] WindowsSystem reads names of variables without case, and keeps the later of two', async () => {
  const system = new WindowsSystem({ isFile: (path) => Promise.resolve(path === 'C:\\b\\t.cmd') });
  expect(system.environment({ Path: 'C:\\a', PATH: 'C:\\b', x: '1' })).toEqual({ PATH: 'C:\\b', x: '1' });
  expect(system.variable({ Path: 'C:\\a' }, 'PATH')).toBe('C:\\a');
  expect(await system.find('t', 'C:\\', { pAtH: 'C:\\b', PathExt: '.CMD' })).toBe('C:\\b\\t.cmd');
});

/** The guard runs here with `kill -9` in place of `taskkill`. */
const here = new WindowsSystem({ endTree: () => ['/bin/kill', '-9'] });
const echo = `process.stdin.on('data', (data) => process.stdout.write(process.env.NAME + ':' + data));
process.stdin.on('end', () => process.exit(Number(process.argv[1])));`;

test('the guard of Windows connects the streams of the child and reports its exit code', async () => {
  const spec = {
    program: process.execPath,
    args: ['-e', echo, '3'],
    cwd: process.cwd(),
    env: { ...env, NAME: 'größe' },
  };
  const child = await here.start(spec);
  const answer = new Promise((resolve) => child.stdout.once('data', resolve));
  child.stdin.write('hello');
  expect(String(await answer)).toBe('größe:hello');
  child.stdin.end();
  expect(await child.ended).toBe('the process exited with code 3');
});

test('the guard of Windows reports a program that cannot start on standard error', async () => {
  const child = await here.start({ program: '/absent/x', args: [], cwd: process.cwd(), env });
  let text = '';
  child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()));
  expect(await child.ended).toBe('the process exited with code 127');
  expect(text).toContain('ENOENT');
});

test('the guard of Windows ends the child when the daemon is killed', async () => {
  const module = new URL('../../src/process/windows-system.ts', import.meta.url).href;
  const source = `import { WindowsSystem } from ${JSON.stringify(module)};
const system = new WindowsSystem({ endTree: () => ['/bin/kill', '-9'] });
const child = await system.start({ program: process.execPath, args: ['-e', 'console.log(process.pid); setInterval(() => {}, 1000)'],
  cwd: process.cwd(), env: { PATH: process.env.PATH } });
child.stdout.on('data', (data) => process.stdout.write(data));`;
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
  expect(nodeArgs('x')).toContain(tsx);
  const daemon = spawn(
    process.execPath,
    ['--conditions=clarity-source', '--import', tsx, '--input-type=module', '-e', source],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const pid = Number(String(await new Promise((resolve) => daemon.stdout.once('data', resolve))));
  expect(isAlive(pid)).toBe(true);
  daemon.kill('SIGKILL');
  await until(() => !isAlive(pid));
});
