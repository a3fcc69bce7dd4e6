/**
 * Exhausts the descriptors of a daemon: 260 connections without a request against 200 open files. Fails when a call gets no
 * answer, when the storage is not `up` within 5 s after the connections have ended, or when a call is missing in the audit log.
 *
 *   node scripts/soak-fds.mjs [--files 200] [--connections 260] [--seconds 9]
 */
import { connect } from 'node:net';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { URL } from 'node:url';
import { parseArgs } from 'node:util';
import { clarityd, daemonOf, timeUntil } from './soak-shortage.mjs';

const { values } = parseArgs({
  options: {
    files: { type: 'string', default: '200' },
    connections: { type: 'string', default: '260' },
    seconds: { type: 'string', default: '9' },
  },
});
const folder = await mkdtemp(join(tmpdir(), 'clarity-fds-'));
const limited = `ulimit -n ${values.files}; exec ${process.execPath} ${clarityd} "$@"`;
const daemon = await daemonOf(['sh', '-c', limited, 'clarityd'], folder);
try {
  const { port } = new URL(daemon.url);
  // Kept alive, so that the calls have a connection while all others are taken.
  await daemon.call();
  const sockets = Array.from({ length: Number(values.connections) }, () =>
    connect(Number(port), '127.0.0.1').on('error', () => undefined),
  );
  let answered = 1;
  for (let i = 0; i < 8; i += 1) {
    await delay((Number(values.seconds) * 1000) / 8);
    if (await daemon.call().catch(() => false)) answered += 1;
  }
  for (const socket of sockets) socket.destroy();
  const upAfterMs = await timeUntil(async () => (await daemon.state()).state === 'up', 5_000);
  const audited = await daemon.calls();
  process.stdout.write(`${JSON.stringify({ ...values, answered, audited, upAfterMs })}\n`);
  if (audited < answered) throw new Error(`${String(answered - audited)} calls are missing in the audit log`);
} finally {
  await daemon.end();
  await rm(folder, { recursive: true, force: true });
}
