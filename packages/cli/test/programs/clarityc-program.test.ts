import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256Hex } from '@clarity-runtime/core/internal';
import { expect, test } from '@jest/globals';
import { runCompiler } from '../../src/programs/clarityc-program.ts';
import { exitCodeOf } from '../../src/programs/run-program.ts';
import { VERSION } from '../../src/support/version.ts';
import { capture } from '../support/capture.ts';
import { fakeDaemon } from '../support/fake-daemon.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const GOOD = 'module m\n\nfunction one() -> Int64 { 1 }\n';
const BAD = 'module m\n\nfunction one() -> Int64 { two }\n';

const clarityc = (cwd: string, ...argv: string[]) => claritycWith({}, cwd, argv);

async function claritycWith(env: Record<string, string>, cwd: string, argv: readonly string[]) {
  const stdout = capture();
  const stderr = capture();
  const exitCode = await exitCodeOf(runCompiler, { argv, cwd, stdout, stderr, env });
  return { exitCode, stdout: stdout.text, stderr: stderr.text };
}

async function folderWith(source: string) {
  const folder = await temporaryFolder();
  await writeFile(join(folder.path, 'm.clarity'), source);
  return folder;
}

test('compile writes the module and the interface with its digest to the path of --out', async () => {
  await using folder = await folderWith(GOOD);
  const { exitCode, stdout } = await clarityc(folder.path, 'compile', 'm.clarity', '-o', 'out/x.wasm');
  expect([exitCode, stdout]).toEqual([0, 'Compiled m.clarity -> out/x.wasm\nInterface: out/x.interface.json\n']);
  const wasm = await readFile(join(folder.path, 'out', 'x.wasm'));
  const document = JSON.parse(await readFile(join(folder.path, 'out', 'x.interface.json'), 'utf8')) as unknown;
  expect(document).toMatchObject({ wasmSha256: sha256Hex(wasm), functions: [{ name: 'one' }] });
  await clarityc(folder.path, 'compile', 'm.clarity');
  expect((await readdir(folder.path)).sort()).toEqual(['m.clarity', 'm.interface.json', 'm.wasm', 'out']);
});

test('compile prints errors on stderr, exits 1 and writes nothing when the source is invalid', async () => {
  await using folder = await folderWith(BAD);
  for (const command of ['compile', 'check']) {
    const { exitCode, stdout, stderr } = await clarityc(folder.path, command, 'm.clarity');
    expect([exitCode, stdout]).toEqual([1, '']);
    expect(stderr).toContain('error[UNKNOWN_NAME]');
    expect(stderr).toContain('--> m.clarity:3:27');
  }
  expect(await readdir(folder.path)).toEqual(['m.clarity']);
});

test('check reports a valid source and writes nothing', async () => {
  await using folder = await folderWith(GOOD);
  expect(await clarityc(folder.path, 'check', 'm.clarity')).toEqual({
    exitCode: 0,
    stdout: 'm.clarity: no errors\n',
    stderr: '',
  });
  expect(await readdir(folder.path)).toEqual(['m.clarity']);
});

test('[start.one-command] start compiles, registers and starts a source with the flags of add', async () => {
  await using folder = await folderWith(GOOD);
  await using daemon = await fakeDaemon();
  const argv = ['start', 'm.clarity', '--module', 'other', '--agent-hitl'];
  const { exitCode, stdout, stderr } = await claritycWith({ CLARITYD_URL: daemon.url }, folder.path, argv);
  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ ok: true, namespace: 'other' });
  expect(stderr).toContain('ignored flags: --agent-hitl');
  expect(daemon.admitted[0]?.metadata.sourceFile).toBe(join(folder.path, 'm.clarity'));
});

const TESTED = `module m
function one() -> Int64 { 1 }
effect[Test] function test_good() -> Unit { assert_eq(one(), 1); assert_eq_float(0.1 + 0.2, 0.3); assert_false(1 > 2) }
effect[Test, Log] function test_bad() -> Unit {
  print_string("seen");
  assert_eq_string("a" ++ "b", "ba");
  assert_eq(one(), 2);
  assert_true(one() == 1)
}
function test_trap() -> Int64 { one() / (one() - 1) }
function test_err() -> Result<Int64, String> { Err("no") }
function test_false() -> Bool { one() == 2 }
effect[Test] function test_after() -> Unit { assert_true(True) }
`;

test('test prints expected and actual values and exits 1 when one test fails', async () => {
  await using folder = await folderWith(TESTED);
  const { exitCode, stdout } = await clarityc(folder.path, 'test', 'm.clarity');
  expect(stdout.split('\n')).toEqual([
    'ok   test_good (3 assertions)',
    'FAIL test_bad (3 assertions)',
    '     assert_eq_string: expected "ba", actual "ab"',
    '     assert_eq: expected 2, actual 1',
    '     | seen',
    'FAIL test_trap (0 assertions)',
    '     divide by zero',
    'FAIL test_err (0 assertions)',
    '     it gave back Err: "no"',
    'FAIL test_false (0 assertions)',
    '     it gave back False',
    'ok   test_after (1 assertion)',
    'm.clarity: 2 tests passed, 4 failed',
    '',
  ]);
  expect(exitCode).toBe(1);
});

test('test --json prints one document and exits 0 when all tests pass', async () => {
  await using folder = await folderWith('module m\neffect[Test] function test_a() -> Unit { assert_eq(1, 1) }\n');
  const { exitCode, stdout } = await clarityc(folder.path, 'test', 'm.clarity', '--json');
  expect(JSON.parse(stdout)).toEqual({
    file: 'm.clarity',
    passed: 1,
    failed: 0,
    tests: [{ ok: true, name: 'test_a', checked: 1, failures: [], log: [] }],
  });
  expect(exitCode).toBe(0);
});

test.each([
  ['takes parameters', 'function test_a(x: Int64) -> Bool { x == 1 }', 'test test_a has parameters'],
  ['does not exist', 'function a() -> Int64 { 1 }', 'm.clarity has no tests'],
  ['does not compile', 'function test_a() -> Int64 { two }', 'error[UNKNOWN_NAME]'],
])('test exits 1 when a test %s', async (_, source, message) => {
  await using folder = await folderWith(`module m\n${source}\n`);
  const ran = await clarityc(folder.path, 'test', 'm.clarity');
  expect(ran).toMatchObject({ exitCode: 1, stdout: '', stderr: expect.stringContaining(message) });
});

test.each([
  ['a missing file', ['check', 'absent.clarity'], 1, 'file not found'],
  [
    'an output name without .wasm',
    ['compile', 'm.clarity', '-o', 'x.bin'],
    2,
    '--out must name a file that ends in .wasm',
  ],
  ['an output folder that is a file', ['compile', 'm.clarity', '-o', 'm.clarity/x.wasm'], 1, 'cannot be written'],
  ['no file', ['check'], 2, 'not enough non-option arguments'],
])('clarityc reports %s on stderr', async (_, argv, exitCode, message) => {
  await using folder = await folderWith(GOOD);
  const ran = await clarityc(folder.path, ...argv);
  expect(ran).toMatchObject({ exitCode, stderr: expect.stringContaining(message) });
});

test('--version prints the version of the package', async () => {
  expect((await clarityc('/', '--version')).stdout).toBe(`${VERSION}\n`);
});
