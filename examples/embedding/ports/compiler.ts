import type { Compiler, CompilerResult } from '@clarity-runtime/core/ports';

/** Compiles in a build service of the organisation: one POST per source, bytes of a module or findings as text. */
export const remoteCompiler = (url: string): Compiler => ({
  name: 'build-service',
  state: async (signal) => {
    const response = await fetch(url, { method: 'HEAD', signal });
    return response.ok
      ? { available: true }
      : { available: false, problem: `the build service replies with HTTP ${String(response.status)}` };
  },
  compile: async ({ file, text }, signal): Promise<CompilerResult> => {
    const response = await fetch(url, { method: 'POST', body: text, headers: { 'x-source-file': file }, signal });
    return response.ok
      ? { ok: true, wasm: new Uint8Array(await response.arrayBuffer()) }
      : { ok: false, findings: await response.text() };
  },
});
