/**
 * Injects a failure into the N-th system call of a kind in a real daemon, for every N, while services are registered.
 * Checks after each run that registry and audit log contain all confirmed changes. Needs `strace`.
 *
 *   node scripts/soak-faults.mjs [--calls pwrite64,fsync,…] [--faults EIO,SIGKILL,…] [--every 1] [--from 1] [--until 2000] [-- clarityd <flags>]
 *
 * With `--every 5` only every fifth N is tested; `--from 73 --until 73` tests one N.
 */
import './own-home.mjs';
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath, URL } from 'node:url';
import { parseArgs } from 'node:util';
import { faultRounds } from './soak-faults-round.mjs';

const CALLS = ['pwrite64', 'fsync', 'fdatasync', 'rename', 'unlink', 'openat'];
const FAULTS = ['EIO', 'ENOSPC', 'EACCES', 'EMFILE', 'SIGKILL'];
const split = process.argv.indexOf('--');
const { values } = parseArgs({
  args: process.argv.slice(2, split === -1 ? undefined : split),
  options: {
    calls: { type: 'string', default: CALLS.join() },
    faults: { type: 'string', default: FAULTS.join() },
    every: { type: 'string', default: '1' },
    from: { type: 'string', default: '1' },
    until: { type: 'string', default: '2000' },
  },
});
const clarityd = fileURLToPath(new URL('../packages/cli/bin/clarityd.js', import.meta.url));
const command = split === -1 ? [process.execPath, clarityd] : process.argv.slice(split + 1);

if (spawnSync('strace', ['-V']).error !== undefined) {
  process.stderr.write('strace is not installed or not available on this system: nothing was tested\n');
  process.exit(2);
}

const root = await mkdtemp(join(tmpdir(), 'clarity-faults-'));
const total = { rounds: 0, answers: 0, refusals: 0, unstarted: 0, problems: 0 };
try {
  const round = await faultRounds(command, root);
  for (const call of values.calls.split(',')) {
    for (const fault of values.faults.split(',')) {
      let n = Number(values.from);
      for (; n <= Number(values.until); n += Number(values.every)) {
        const { fired, answered, refused, started, problems } = await round(call, fault, n);
        // A round without a failure proves that all calls were tested.
        if (!fired) break;
        total.rounds += 1;
        total.answers += answered;
        total.refusals += refused;
        total.unstarted += started ? 0 : 1;
        total.problems += problems.length;
        for (const problem of problems) process.stdout.write(`${call} #${String(n)} ${fault}: ${problem}\n`);
      }
      process.stdout.write(`${call} ${fault}: up to #${String(n)}; ${report()}\n`);
    }
  }
} finally {
  await rm(root, { recursive: true, force: true });
}
process.exitCode = total.problems === 0 && total.rounds > 0 && total.answers > 0 ? 0 : 1;

function report() {
  const { rounds, answers, refusals, unstarted, problems } = total;
  return `${String(rounds)} faults, ${String(answers)} responses, ${String(refusals)} rejections, ${String(unstarted)} failed starts, ${String(problems)} problems`;
}
