import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { outcomeOf, scenarioOutcome, type Outcome } from './report.ts';

/** Requirements of a protocol version, or the default scenarios of the stable release of the suite. */
export type RequirementSet = '2025-11-25' | '2026-07-28' | 'stable';

/** Scenarios of the protocol extensions that the gateway declares. The suite scores them only one by one. */
export const EXTENSION_SCENARIOS: readonly string[] = [
  'tasks-lifecycle',
  'tasks-capability-negotiation',
  'tasks-wire-fields',
  'tasks-request-state-removal',
  'tasks-mrtr-input',
  'tasks-request-headers',
  'tasks-dispatch-and-envelope',
  'tasks-status-notifications',
  'tasks-required-task-error',
  'tasks-mrtr-composition',
];

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

function argumentsOf(program: string, url: string, folder: string): readonly string[] {
  const main = join(installed, '@modelcontextprotocol', program, 'dist/index.js');
  return [main, 'server', '--url', url, '--output-dir', folder];
}

export interface SuiteRun extends Outcome {
  readonly exitCode: number | null;
  /** Complete output. */
  readonly printed: string;
}

/** Runs a set of requirements against a server. The suite writes its records to the folder. */
export async function runSuite(set: RequirementSet, url: string, folder: string): Promise<SuiteRun> {
  const program = set === 'stable' ? 'conformance' : 'conformance-next';
  const revision = set === 'stable' ? [] : ['--requirements', set];
  const { printed, exitCode } = await start([...argumentsOf(program, url, folder), ...revision], folder);
  return { ...outcomeOf(printed), exitCode, printed };
}

/** Runs the scenarios of extensions against a server. `exitCode` is that of the first scenario that failed. */
export async function runExtensions(url: string, folder: string): Promise<SuiteRun> {
  let sum: SuiteRun = { passed: 0, failed: 0, broken: [], exitCode: 0, printed: '' };
  for (const name of EXTENSION_SCENARIOS) {
    const args = [...argumentsOf('conformance-next', url, folder), '--scenario', name];
    const { printed, exitCode } = await start(args, folder);
    const { passed, failed, broken } = scenarioOutcome(name, printed);
    sum = {
      passed: sum.passed + passed,
      failed: sum.failed + failed,
      broken: [...sum.broken, ...broken],
      exitCode: sum.exitCode === 0 ? exitCode : sum.exitCode,
      printed: exitCode === 0 && broken.length === 0 ? sum.printed : `${sum.printed}${printed}`,
    };
  }
  return sum;
}

function start(args: readonly string[], folder: string): Promise<Pick<SuiteRun, 'exitCode' | 'printed'>> {
  const child = spawn(nodeForTheSuite(), args, {
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
      resolve({ exitCode, printed });
    });
  });
}
