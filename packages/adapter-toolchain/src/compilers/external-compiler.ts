import { lstat, mkdtemp, readFile, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { CompilerResult, CompilerSource } from '@clarity-runtime/core/ports';
import { type CompilerIdentity, type InterfaceDocument } from '@clarity-runtime/core';
import { toPrintableAscii, sha256Hex } from '@clarity-runtime/core/internal';
import { codeOf, messageOf } from '../support/error-text.ts';
import { makeUnlinkedFolder } from '../support/own-folder.ts';
import { ToolchainError } from '../support/toolchain-error.ts';
import type { Environment } from '../support/environment.ts';
import { interfacePath } from './build-output.ts';
import { childEnvironment, runChild, type ChildResult } from './run-child.ts';
import { compileProblem, compileSource, type Compiled } from './embedded-compiler.ts';
import { readSource } from '../sources/source-file.ts';

/** An external compiler program. */
export interface ExternalCompiler {
  readonly bin: string;
  readonly cwd: string;
  readonly env: Environment;
}

/** Input of `compileExternally`. */
export interface ExternalBuild extends ExternalCompiler {
  /** Absolute path, so that a file name cannot be parsed as a flag. */
  readonly source: string;
  readonly shownAs: string;
  /** Final path of the module. The compiler writes to a temporary folder next to it. */
  readonly wasmPath: string;
  /** 120 s when absent. */
  readonly timeoutMs?: number;
  /** The built-in compiler for the interface of a module without one; in this thread when absent, which only programs do. */
  readonly embedded?: (source: CompilerSource) => Promise<CompilerResult>;
}

const DEFAULT_COMPILE_TIMEOUT_MS = 120_000;
const VERSION_TIMEOUT_MS = 10_000;
const MAX_WASM_BYTES = 16 * 1024 * 1024;

/**
 * Compiles with an external compiler: `<bin> compile <source> -o <wasm>`, at most 16 MiB of module.
 * @throws ToolchainError when the compiler cannot be started, fails, is stopped or writes no module.
 */
export async function compileExternally(build: ExternalBuild): Promise<Compiled> {
  const text = await readSource(build.source);
  const parent = dirname(build.wasmPath);
  await makeUnlinkedFolder(parent);
  const folder = await mkdtemp(join(parent, '.tmp-'));
  try {
    const out = join(folder, basename(build.wasmPath));
    const limit = build.timeoutMs ?? DEFAULT_COMPILE_TIMEOUT_MS;
    const result = await run(build, ['compile', build.source, '-o', out], limit);
    if (result.ended !== 'exit')
      throw new ToolchainError(`${build.bin} was stopped: ${stopReason[result.ended](limit)}`);
    if (result.exitCode !== 0) throw compileProblem(build.shownAs, result.output);
    const wasm = await readWasm(build.bin, out);
    const written = await readDocument(interfacePath(out));
    if (written !== undefined) return { wasm, document: written, notes: [] };
    return await withOwnDocument(build, text, wasm);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const stopReason = {
  timeout: (limit: number) => `it did not end within ${String(limit / 1000)} seconds`,
  'output limit': () => 'it wrote more than 256 KiB of output',
};

async function run(
  { bin, cwd, env }: ExternalCompiler,
  args: readonly string[],
  timeoutMs: number,
): Promise<ChildResult> {
  try {
    return await runChild({ command: bin, args, cwd, env: childEnvironment(env), timeoutMs });
  } catch (error) {
    const reason = codeOf(error) === 'ENOENT' ? 'program not found' : messageOf(error);
    throw new ToolchainError(`the compiler '${bin}' cannot be started: ${reason}`, {
      hint: 'correct --compiler-bin (or CLARITYC_BIN), or omit it to use the built-in compiler',
      cause: error,
    });
  }
}

async function readWasm(bin: string, path: string): Promise<Uint8Array> {
  const found = await lstat(path).catch(() => undefined);
  if (found?.isFile() !== true) throw new ToolchainError(`${bin} reported success, but wrote no module`);
  if (found.size > MAX_WASM_BYTES) throw new ToolchainError(`${bin} wrote a module of more than 16 MiB`);
  return readFile(path);
}

/** Reads an interface document without validation; the daemon validates it. */
async function readDocument(path: string): Promise<InterfaceDocument | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as InterfaceDocument;
  } catch {
    return undefined;
  }
}

/** Returns the module with the document of the built-in compiler. The daemon checks that the module matches it. */
async function withOwnDocument(build: ExternalBuild, text: string, wasm: Uint8Array): Promise<Compiled> {
  const { embedded = compileSource } = build;
  const own = await embedded({ file: build.shownAs, text });
  if (!own.ok || own.document === undefined) return { wasm, notes: [withoutInterface(build.bin)] };
  const document = { ...own.document, compiler: await identify(build), wasmSha256: sha256Hex(wasm) };
  return { wasm, document, notes: [], presumed: true };
}

/** Returns the note about a module without an interface document. */
export const withoutInterface = (bin: string): string =>
  `${bin} wrote no interface that matches its module: only functions of Int64 and Float64 can be called, without names`;

const identify = async (build: ExternalBuild): Promise<CompilerIdentity> => ({
  kind: 'external',
  name: toPrintableAscii(basename(build.bin), 64),
  version: await compilerVersion(build).catch(() => 'unknown'),
});

/** Returns the first line of `<bin> --version`. @throws ToolchainError when the compiler cannot be started or fails. */
export async function compilerVersion(compiler: ExternalCompiler): Promise<string> {
  const { exitCode, output } = await run(compiler, ['--version'], VERSION_TIMEOUT_MS);
  const version = toPrintableAscii(output.split('\n', 1)[0]?.trim() ?? '', 64);
  if (exitCode !== 0 || version === '') throw new ToolchainError(`${compiler.bin} does not print its version`);
  return version;
}
