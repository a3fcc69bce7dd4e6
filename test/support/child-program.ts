import { mkdirSync, renameSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { buildSync } from 'esbuild';

const built = new Map<string, string>();

/**
 * Bundles a TypeScript program into one JavaScript file and returns its path; once per file and process. A child process that
 * translates and loads the sources by itself takes four times the CPU time to start.
 */
export function childProgram(source: string): string {
  const known = built.get(source);
  if (known !== undefined) return known;
  const folder = join(process.env['CLARITY_TEST_HOME'] ?? tmpdir(), 'programs');
  mkdirSync(folder, { recursive: true });
  const outfile = join(folder, `${basename(source, '.ts')}.mjs`);
  const draft = `${outfile}.${String(process.pid)}`;
  buildSync({
    entryPoints: [source],
    outfile: draft,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    conditions: ['clarity-source'],
    mainFields: ['module', 'main'],
    // Bundled CommonJS modules load the modules of Node.js with this function.
    banner: {
      js: "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);",
    },
    sourcemap: 'inline',
    logLevel: 'warning',
  });
  // Another worker may start the same program at this moment.
  renameSync(draft, outfile);
  built.set(source, outfile);
  return outfile;
}
