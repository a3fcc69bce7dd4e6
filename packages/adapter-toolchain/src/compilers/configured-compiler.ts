import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { VERSION } from '@clarity-runtime/core/internal';
import type { Compiler, CompilerResult } from '@clarity-runtime/core/ports';
import { compileSource } from './embedded-compiler.ts';
import { compileExternally, compilerVersion } from './external-compiler.ts';
import { messageOf } from '../support/error-text.ts';
import type { Environment } from '../support/environment.ts';
import { makeUnlinkedFolder } from '../support/own-folder.ts';
import { ToolchainError } from '../support/toolchain-error.ts';

/** Options of `configuredCompiler`. */
export interface ConfiguredCompilerOptions {
  /** External compiler program; the built-in compiler when undefined. */
  readonly bin?: string | undefined;
  /** Absolute path. */
  readonly workspace: string;
  readonly env: Environment;
  /** The built-in compiler. Default: it compiles in this thread, which waits until it ends. */
  readonly embedded?: Compiler['compile'];
}

/** Returns the compiler that the operator has configured. An external one compiles in a temporary folder of the workspace. */
export function configuredCompiler(options: ConfiguredCompilerOptions): Compiler {
  const { bin, workspace, env, embedded = compileSource } = options;
  if (bin === undefined) {
    // The built-in compiler has the version of the runtime; reading it there does not load the compiler.
    return { name: 'embedded', state: () => Promise.resolve({ available: true, version: VERSION }), compile: embedded };
  }
  const program = { bin, cwd: workspace, env };
  return {
    name: bin,
    state: async () => {
      try {
        return { available: true, version: await compilerVersion(program) };
      } catch (error) {
        return { available: false, problem: messageOf(error) };
      }
    },
    compile: async ({ file, text, principal }, signal): Promise<CompilerResult> => {
      const builds = join(workspace, '.clarity', 'build');
      try {
        await makeUnlinkedFolder(builds);
      } catch (error) {
        if (error instanceof ToolchainError) return { ok: false, findings: error.message };
        throw error;
      }
      const folder = await mkdtemp(join(builds, '.tmp-'));
      try {
        const source = join(folder, 'main.clarity');
        await writeFile(source, text, { flag: 'wx' });
        const wasmPath = join(folder, 'main.wasm');
        const { wasm, document } = await compileExternally({
          ...program,
          source,
          shownAs: file,
          wasmPath,
          embedded: (own) => embedded({ ...own, ...(principal === undefined ? {} : { principal }) }, signal),
        });
        return { ok: true, wasm, ...(document === undefined ? {} : { document }) };
      } catch (error) {
        if (error instanceof ToolchainError) return { ok: false, findings: error.message };
        throw error;
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  };
}
