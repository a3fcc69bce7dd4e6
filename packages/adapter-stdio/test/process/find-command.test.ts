import { expect, test } from '@jest/globals';
import { findCommand, findWindowsCommand } from '../../src/process/find-command.ts';

const files = (...paths: readonly string[]) => {
  const known = new Set(paths);
  return (path: string): Promise<boolean> => Promise.resolve(known.has(path));
};
const path = 'C:\\node;"D:\\my tools";.;bin;\\rooted;C:\\Windows';

test.each([
  ['npx', ['C:\\node\\npx', 'C:\\node\\npx.cmd'], 'C:\\node\\npx.cmd'],
  ['tool', ['D:\\my tools\\tool.bat', 'C:\\Windows\\tool.exe'], 'D:\\my tools\\tool.bat'],
  ['tool', ['C:\\node\\tool.cmd', 'C:\\node\\tool.exe'], 'C:\\node\\tool.exe'],
  ['tool.cmd', ['C:\\node\\tool.cmd', 'C:\\node\\tool.cmd.exe'], 'C:\\node\\tool.cmd'],
  ['a.b', ['C:\\node\\a.b.exe'], 'C:\\node\\a.b.exe'],
  ['.\\bin\\server', ['C:\\work\\bin\\server.exe'], 'C:\\work\\bin\\server.exe'],
  ['bin/server.exe', ['C:\\work\\bin\\server.exe'], 'C:\\work\\bin\\server.exe'],
  ['E:\\x\\y.exe', ['E:\\x\\y.exe'], 'E:\\x\\y.exe'],
])('findWindowsCommand finds %s among %j', async (command, known, found) => {
  const query = { command, cwd: 'C:\\work', path };
  expect(await findWindowsCommand(query, '.COM;.EXE;.BAT;.CMD;.JS', files(...known))).toBe(found);
});

test.each([
  ['tool', ['C:\\work\\tool.exe'], 'the current folder'],
  ['tool', ['C:\\work\\bin\\tool.exe', '\\rooted\\tool.exe'], 'a relative folder of PATH'],
  ['tool', ['C:\\node\\tool', 'C:\\node\\tool.js', 'C:\\node\\tool.ps1'], 'files that the system does not run'],
])('findWindowsCommand does not find %s in %j: %s', async (command, known) => {
  const query = { command, cwd: 'C:\\work', path };
  await expect(findWindowsCommand(query, undefined, files(...known))).rejects.toMatchObject({
    code: 'PROCESS_START_FAILED',
    message: expect.stringContaining('not found on PATH'),
  });
});

test('[first-hour.40] findWindowsCommand follows the order and the case of PATHEXT', async () => {
  const query = { command: 'tool', cwd: 'C:\\', path: 'C:\\node' };
  const both = files('C:\\node\\tool.cmd', 'C:\\node\\tool.exe');
  expect(await findWindowsCommand(query, '.Cmd;.EXE', both)).toBe('C:\\node\\tool.cmd');
});

test('findCommand returns the first executable file of an absolute folder of PATH', async () => {
  expect(await findCommand({ command: 'sh', cwd: '/', path: 'bin:/absent:/bin' })).toBe('/bin/sh');
  const absent = findCommand({ command: 'sh', cwd: '/bin', path: '.:bin' });
  await expect(absent).rejects.toMatchObject({ code: 'PROCESS_START_FAILED' });
});
