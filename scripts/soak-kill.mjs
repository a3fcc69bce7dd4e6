/**
 * Kills a writing process repeatedly at random moments. Checks after each kill that all confirmed changes are stored.
 *
 *   node scripts/soak-kill.mjs [--kills 200]                        the stores themselves
 *   node scripts/soak-kill.mjs [--kills 200] -- clarityd <flags>    a daemon, with registrations and calls over HTTP
 *
 * The daemon runs in a temporary folder with `--port 0` after its flags. Its address is read from its output.
 */
import './own-home.mjs';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { fileURLToPath, URL } from 'node:url';
import { parseArgs } from 'node:util';
import { openFsStore } from '../packages/adapter-store-fs/dist/index.js';
import { daemonWriter } from './soak-kill-daemon.mjs';

const split = process.argv.indexOf('--');
const command = split === -1 ? [] : process.argv.slice(split + 1);
const { values } = parseArgs({
  args: process.argv.slice(2, split === -1 ? undefined : split),
  options: { kills: { type: 'string', default: '200' } },
});
const kills = Number(values.kills);
const child = fileURLToPath(new URL('../packages/adapter-store-fs/test/support/kill-writer.mjs', import.meta.url));
const root = await mkdtemp(join(tmpdir(), 'clarity-soak-'));

/** Confirmed changes by kind since the last check. Older ones are not checked, because the stores are bounded. */
async function storeRound(round) {
  const writer = spawn(process.execPath, [child, root, String(round)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(writer, 'exit');
  const answered = [];
  const enough = 20 + Math.floor(Math.random() * 400);
  for await (const line of createInterface({ input: writer.stdout })) {
    answered.push(line.split(' '));
    if (answered.length === enough) writer.kill('SIGKILL');
  }
  const [code, signal] = await exited;
  if (signal !== 'SIGKILL') throw new Error(`the writer exited with ${String(code)}`);
  return { answered, held: await lookIntoStores() };
}

async function lookIntoStores() {
  const workspace = await openFsStore({ root });
  const { registry, telemetry, folder } = workspace;
  const events = await telemetry.events('default', { limit: 100_000 });
  const recovered = events.filter(({ kind }) => kind === 'storage.recovered').length;
  // Retention drops events of one class between others, so the chain tells whether a number is missing.
  const { fault } = await telemetry.verify('default');
  if (fault !== undefined) throw new Error(`the audit log is damaged: ${fault.reason}`);
  const held = {
    put: (await registry.list('default')).items.map(({ value }) => value.namespace),
    log: await telemetry.logs('default', 's', 100_000),
    committed: events.map(({ message }) => message),
    recorded: events.map(({ message }) => message),
  };
  // Removes the checked records, because the registry is written completely and must not grow during the soak.
  for (const { value, revision } of (await registry.list('default')).items) {
    await registry.remove('default', value.serviceId, revision, { op: `rm-${revision}` });
  }
  await workspace[Symbol.asyncDispose]();
  const left = (await readdir(folder)).filter((name) => name.includes('.tmp-') || name.includes('.claim-'));
  if (left.length > 0) throw new Error(`left behind: ${left.join(', ')}`);
  return { ...held, recovered };
}

const daemon = command.length === 0 ? undefined : daemonWriter(command, root);
const starts = [];
let [answers, lost, recoveries] = [0, 0, 0];
const report = (round) => {
  const sorted = starts.toSorted((a, b) => a - b).map(Math.round);
  const times = [sorted[0], sorted[sorted.length >> 1], sorted.at(-1)].join(' / ');
  const started = starts.length === 0 ? '' : `, started in ${times} ms (min, median, max)`;
  process.stdout.write(
    `${String(round)} kills, ${String(answers)} responses, ${String(lost)} lost, ${String(recoveries)} recoveries${started}\n`,
  );
};
try {
  for (let round = 1; round <= kills; round += 1) {
    const looked = daemon === undefined ? await storeRound(round) : await daemon.round(round);
    const { answered, fresh = answered.length, startedMs } = looked;
    const { recovered, ...held } = looked.held;
    recoveries += recovered ?? 0;
    if (startedMs !== undefined) starts.push(startedMs);
    answers += fresh;
    const sets = Object.fromEntries(Object.entries(held).map(([kind, names]) => [kind, new Set(names)]));
    for (const [kind, name] of answered) {
      if (kind === 'ready' || sets[kind].has(name)) continue;
      lost += 1;
      process.stdout.write(`round ${String(round)}: ${kind} ${name} was confirmed and is missing\n`);
    }
    if (round % 20 === 0 || round === kills) report(round);
  }
} finally {
  await daemon?.end();
  await rm(root, { recursive: true, force: true });
}
process.exitCode = lost === 0 && answers > 0 ? 0 : 1;
