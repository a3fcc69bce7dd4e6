import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { outcomeOf, type Outcome } from './report.ts';

/** Requirements of a protocol version, or the default scenarios of the stable release of the suite. */
export type RequirementSet = '2025-11-25' | '2026-07-28' | 'stable';

const installed = fileURLToPath(new URL('node_modules/', import.meta.url));
const TIMEOUT_MS = 240_000;
const running = new Set<ChildProcess>();

process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** The suite needs Node.js 22: the installed copy if it exists, otherwise the running one. */
function nodeForTheSuite(): string {
  const beside = join(installed, `node-${process.platform}-${process.arch}`, 'bin/node');
  return existsSync(beside) ? beside : process.execPath;
}

function argumentsOf(set: RequirementSet, url: string, folder: string): readonly string[] {
  const program = set === 'stable' ? 'conformance' : 'conformance-next';
  const revision = set === 'stable' ? [] : ['--requirements', set];
  const main = join(installed, '@modelcontextprotocol', program, 'dist/index.js');
  return [main, 'server', '--url', url, ...revision, '--output-dir', folder];
}

export interface SuiteRun extends Outcome {
  readonly exitCode: number | null;
  /** Complete output. */
  readonly printed: string;
}

/** Runs a set of requirements against a server. The suite writes its records to the folder. */
export function runSuite(set: RequirementSet, url: string, folder: string): Promise<SuiteRun> {
  const child = spawn(nodeForTheSuite(), argumentsOf(set, url, folder), {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: TIMEOUT_MS,
    killSignal: 'SIGKILL',
  });
  running.add(child);
  let printed = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exitCode) => {
      running.delete(child);
      resolve({ ...outcomeOf(printed), exitCode, printed });
    });
  });
}
