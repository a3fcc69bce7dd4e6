/**
 * Runs a daemon on a file system of 2 MB, fills it and frees it. In each round the daemon is stopped or killed and started
 * again on the full disk. Fails when it does not start, when a call gets no answer, when the storage is not `up` within 5 s
 * after space is free, or when a call since the last start is missing in the audit log. Needs the right to mount a tmpfs; without
 * it the script reports the reason and exits with 0.
 *
 *   node scripts/soak-disk.mjs [--rounds 3] [--calls 20]
 */
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { clarityd, daemonOf, run, timeUntil } from './soak-shortage.mjs';

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '3' }, calls: { type: 'string', default: '20' } },
});
const folder = await mkdtemp(join(tmpdir(), 'clarity-disk-'));
const ballast = join(folder, 'ballast');

/** Writes until the disk is full. */
async function fill() {
  const file = await open(ballast, 'w');
  for (let size = 64 * 1024; size >= 1; size = Math.floor(size / 2)) {
    // ENOSPC ends each size; the smallest one leaves no room.
    while ((await file.write(new Uint8Array(size)).catch(() => ({ bytesWritten: 0 }))).bytesWritten > 0);
  }
  await file.close();
}

if ((await run('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', folder])) !== 0) {
  process.stdout.write('skipped: this user cannot mount a tmpfs\n');
  process.exit(0);
}
let daemon;
try {
  daemon = await daemonOf([process.execPath, clarityd], folder);
  let [answered, missing] = [0, 0];
  const upAfterMs = [];
  let degraded = 0;
  for (let round = 0; round < Number(values.rounds); round += 1) {
    await fill();
    await daemon.end(round % 2 === 0 ? 'SIGTERM' : 'SIGKILL');
    daemon = await daemonOf([process.execPath, clarityd], folder);
    const before = await daemon.calls();
    let answeredNow = 0;
    for (let i = 0; i < Number(values.calls); i += 1) {
      if (await daemon.call()) answeredNow += 1;
    }
    if ((await daemon.state()).state === 'degraded') degraded += 1;
    await rm(ballast);
    upAfterMs.push(await timeUntil(async () => (await daemon.state()).state === 'up', 5_000));
    answered += answeredNow;
    missing += before + answeredNow - (await daemon.calls());
  }
  process.stdout.write(`${JSON.stringify({ ...values, degraded, answered, missing, upAfterMs })}\n`);
  if (missing > 0) throw new Error(`${String(missing)} calls are missing in the audit log`);
  if (answered < Number(values.rounds) * Number(values.calls)) throw new Error('a call was not answered');
} finally {
  await daemon?.end();
  await run('umount', [folder]);
  await rm(folder, { recursive: true, force: true });
}
