/**
 * Races processes for one workspace repeatedly. Exactly one must get the lock, and the errors of the others must name it.
 *
 *   node scripts/soak-lock.mjs [--races 200] [--processes 4]
 *
 * The workspace is in turn new, closed properly, and locked by a process that has ended.
 */
import './own-home.mjs';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath, URL } from 'node:url';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: { races: { type: 'string', default: '200' }, processes: { type: 'string', default: '4' } },
});
const races = Number(values.races);
const folder = await mkdtemp(join(tmpdir(), 'clarity-lock-'));
const racer = fileURLToPath(new URL('soak-lock-racer.mjs', import.meta.url));
const racers = Array.from({ length: Number(values.processes) }, () => fork(racer));
/** Above the maximum pid. */
const GONE = { pid: 2 ** 22 + 1, instance: 'gone' };
/** Delay until the race, so that all processes have the message. */
const LEAD_MS = 5;

async function tell(child, message) {
  const done = new globalThis.AbortController();
  const { signal } = done;
  try {
    child.send(message);
    const ended = once(child, 'exit', { signal }).then(([code]) => [
      { won: false, said: `ended with ${String(code)}` },
    ]);
    const [answer] = await Promise.race([once(child, 'message', { signal }), ended]);
    return { pid: child.pid, ...answer };
  } finally {
    done.abort();
  }
}

const wins = new Map(racers.map(({ pid }) => [pid, 0]));
let wrong = 0;
try {
  for (let race = 0; race < races; race += 1) {
    const root = join(folder, String(race - (race % 3)));
    if (race % 3 === 2) await writeFile(join(root, '.clarity', 'runtime', 'daemon.lock'), JSON.stringify(GONE));
    const at = Date.now() + LEAD_MS;
    const answers = await Promise.all(racers.map((child) => tell(child, { root, at })));
    const winners = answers.filter(({ won }) => won);
    const unnamed = answers.filter(
      ({ won, said }) => !won && !(said.startsWith('conflict: ') && said.includes(`(pid ${String(winners[0]?.pid)}`)),
    );
    if (winners.length !== 1 || unnamed.length > 0) {
      wrong += 1;
      process.stdout.write(`race ${String(race)}: ${JSON.stringify(answers)}\n`);
    }
    for (const { pid } of winners) wins.set(pid, wins.get(pid) + 1);
    await Promise.all(racers.map((child) => tell(child, {})));
  }
  const shares = [...wins.values()].join(' + ');
  process.stdout.write(`${String(races)} races, ${String(wrong)} without exactly one owner; won by ${shares}\n`);
} finally {
  for (const child of racers) child.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true });
}
process.exitCode = wrong === 0 && races > 0 ? 0 : 1;
