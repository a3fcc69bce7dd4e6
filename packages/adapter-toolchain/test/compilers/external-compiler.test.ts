import { chmod, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { compile } from '@clarity-runtime/compiler';
import { sha256Hex } from '@clarity-runtime/core/internal';
import { expect, test } from '@jest/globals';
import { compileExternally, type ExternalBuild } from '../../src/compilers/external-compiler.ts';
import type { Compiled } from '../../src/compilers/embedded-compiler.ts';
import { temporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';

const SOURCE = 'module m\n\nfunction twice(n: Int64) -> Int64 { n + n }\n';

/** Creates a compiler from a script in JavaScript. `argv` has its arguments. */
async function fakeCompiler(folder: string, script: string): Promise<string> {
  const bin = join(folder, 'fakec');
  const head = `#!${process.execPath}\nconst fs = require('fs'); const argv = process.argv.slice(2);\n`;
  const version = `if (argv[0] === '--version') { console.log('fakec 7.8'); process.exit(0); }\n`;
  await writeFile(bin, head + version + script);
  await chmod(bin, 0o755);
  return bin;
}

async function build(folder: TemporaryFolder, script: string, more: Partial<ExternalBuild> = {}): Promise<Compiled> {
  const source = join(folder.path, '-o.clarity');
  await writeFile(source, SOURCE);
  return compileExternally({
    bin: await fakeCompiler(folder.path, script),
    source,
    shownAs: '-o.clarity',
    wasmPath: join(folder.path, 'build', 'm.wasm'),
    cwd: folder.path,
    env: { ...process.env, CLARITYD_AUTH_TOKEN: 'secret-token', CLARITY_REMOTE_AUTH_X: 'secret-two' },
    ...more,
  });
}

const COPY = `fs.writeFileSync(argv[3], 'wasm of ' + argv.join(' '));`;

test('T-292 compileExternally runs <bin> compile <absolute source> -o <module> without a shell', async () => {
  await using folder = await temporaryFolder();
  const { wasm } = await build(folder, COPY);
  const text = Buffer.from(wasm).toString();
  expect(text).toMatch(/^wasm of compile (\S+) -o (\S+)$/);
  expect(text).toContain(`compile ${join(folder.path, '-o.clarity')} -o ${join(folder.path, 'build', '.tmp-')}`);
});

test('compileExternally returns our interface of the source with the name of the external compiler', async () => {
  await using folder = await temporaryFolder();
  const { wasm, document, presumed } = await build(folder, COPY);
  const own = compile({ file: 'm.clarity', text: SOURCE });
  expect(presumed).toBe(true);
  expect(document).toMatchObject({
    compiler: { kind: 'external', name: 'fakec', version: 'fakec 7.8' },
    wasmSha256: sha256Hex(wasm),
    functions: own.ok ? own.document.functions : [],
  });
});

test('compileExternally returns the interface that the compiler wrote unchanged', async () => {
  await using folder = await temporaryFolder();
  const script = `${COPY} fs.writeFileSync(argv[3].replace('.wasm', '.interface.json'), '{"its":"own"}');`;
  const { document, presumed } = await build(folder, script);
  expect(document).toEqual({ its: 'own' });
  expect(presumed).toBeUndefined();
});

test('T-250 the compiler process gets no token and no credential', async () => {
  await using folder = await temporaryFolder();
  const { wasm } = await build(folder, `fs.writeFileSync(argv[3], JSON.stringify(process.env));`);
  const env = JSON.parse(Buffer.from(wasm).toString()) as Record<string, string>;
  expect(env['PATH']).toBe(process.env['PATH']);
  expect(JSON.stringify(env)).not.toContain('secret');
});

test('compileExternally fails with the output of the compiler and removes its temporary folder', async () => {
  await using folder = await temporaryFolder();
  const failing = build(folder, `console.error('line 3: no'); process.exit(1);`);
  await expect(failing).rejects.toThrow('-o.clarity does not compile\n\nline 3: no');
  expect(await readdir(join(folder.path, 'build'))).toEqual([]);
});

test.each([
  ['a success without a module', '', 'reported success, but wrote no module', {}],
  [
    'a compiler that does not end',
    'setInterval(() => {}, 1000);',
    'was stopped: it did not end within 1 seconds',
    { timeoutMs: 1000 },
  ],
  ['endless output', 'for (;;) fs.writeSync(1, "x".repeat(9999));', 'wrote more than 256 KiB of output', {}],
  ['a missing program', '', "the compiler '/absent/c' cannot be started: program not found", { bin: '/absent/c' }],
])('T-293 %s fails with a ToolchainError', async (_, script, message, more) => {
  await using folder = await temporaryFolder();
  await expect(build(folder, script, more)).rejects.toThrow(message);
});
