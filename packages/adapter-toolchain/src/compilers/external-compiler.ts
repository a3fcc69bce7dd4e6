import { mkdir, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { compile } from '@clarity-runtime/compiler';
import { type CompilerIdentity, type InterfaceDocument } from '@clarity-runtime/core';
import { toPrintableAscii, sha256Hex } from '@clarity-runtime/core/internal';
import { codeOf, messageOf } from '../support/error-text.ts';
import { ToolchainError } from '../support/toolchain-error.ts';
import type { Environment } from '../support/environment.ts';
import { interfacePath } from './build-output.ts';
import { childEnvironment, runChild, type ChildResult } from './run-child.ts';
import { compileProblem, type Compiled } from './embedded-compiler.ts';
import { readSource } from '../sources/source-file.ts';

export interface ExternalCompiler {
  readonly bin: string;
  readonly cwd: string;
  readonly env: Environment;
}

export interface ExternalBuild extends ExternalCompiler {
  /** Absolute, so that no name of a file is ever taken for a flag. */
  readonly source: string;
  readonly shownAs: string;
  /** Where the module is to stand in the end; the compiler itself writes into a folder beside it. */
  readonly wasmPath: string;
  readonly timeoutMs?: number;
}

const COMPILE_LIMIT_MS = 120_000;
const VERSION_LIMIT_MS = 10_000;
const MAX_WASM_BYTES = 16 * 1024 * 1024;

/** Compiles with another compiler: `<bin> compile <source> -o <wasm>`. */
export async function compileExternally(build: ExternalBuild): Promise<Compiled> {
  const text = await readSource(build.source);
  const beside = dirname(build.wasmPath);
  await mkdir(beside, { recursive: true });
  const folder = await mkdtemp(join(beside, '.tmp-'));
  try {
    const out = join(folder, basename(build.wasmPath));
    const limit = build.timeoutMs ?? COMPILE_LIMIT_MS;
    const result = await run(build, ['compile', build.source, '-o', out], limit);
    if (result.ended !== 'by itself')
      throw new ToolchainError(`${build.bin} was stopped: ${stopReason[result.ended](limit)}`);
    if (result.exitCode !== 0) throw compileProblem(build.shownAs, result.output);
    const wasm = await readWasm(build.bin, out);
    const written = await readDocument(interfacePath(out));
    if (written !== undefined) return { wasm, document: written, notes: [] };
    return await presume(build, text, wasm);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const stopReason = {
  'out of time': (limit: number) => `it did not end within ${String(limit / 1000)} seconds`,
  'too much output': () => 'it wrote more than 256 KiB of messages',
};

async function run(
  { bin, cwd, env }: ExternalCompiler,
  args: readonly string[],
  timeoutMs: number,
): Promise<ChildResult> {
  try {
    return await runChild({ command: bin, args, cwd, env: childEnvironment(env), timeoutMs });
  } catch (error) {
    const reason = codeOf(error) === 'ENOENT' ? 'there is no such program' : messageOf(error);
    throw new ToolchainError(`the compiler '${bin}' cannot be started: ${reason}`, {
      hint: 'correct --compiler-bin (or CLARITYC_BIN), or leave it out: a compiler is built in',
      cause: error,
    });
  }
}

async function readWasm(bin: string, path: string): Promise<Uint8Array> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile() !== true) throw new ToolchainError(`${bin} reported success, but wrote no module`);
  if (found.size > MAX_WASM_BYTES) throw new ToolchainError(`${bin} wrote a module of more than 16 MiB`);
  return readFile(path);
}

/** The daemon checks what stands in it. */
async function readDocument(path: string): Promise<InterfaceDocument | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as InterfaceDocument;
  } catch {
    return undefined;
  }
}

/** Without an interface from the compiler our own reading of the source is offered; the daemon holds the module to it. */
async function presume(build: ExternalBuild, text: string, wasm: Uint8Array): Promise<Compiled> {
  const own = compile({ file: build.shownAs, text });
  if (!own.ok) return { wasm, notes: [withoutInterface(build.bin)] };
  const document = { ...own.document, compiler: await identify(build), wasmSha256: sha256Hex(wasm) };
  return { wasm, document, notes: [], presumed: true };
}

/** What a module without an interface means for its users. */
export const withoutInterface = (bin: string): string =>
  `${bin} wrote no interface that fits its module: functions over Int64 and Float64 can be called, without their names`;

const identify = async (build: ExternalBuild): Promise<CompilerIdentity> => ({
  kind: 'external',
  name: toPrintableAscii(basename(build.bin), 64),
  version: await compilerVersion(build).catch(() => 'unknown'),
});

/** What the compiler says of itself. A `ToolchainError` when it cannot be started or does not say. */
export async function compilerVersion(compiler: ExternalCompiler): Promise<string> {
  const { exitCode, output } = await run(compiler, ['--version'], VERSION_LIMIT_MS);
  const version = toPrintableAscii(output.split('\n', 1)[0]?.trim() ?? '', 64);
  if (exitCode !== 0 || version === '') throw new ToolchainError(`${compiler.bin} does not tell its version`);
  return version;
}
