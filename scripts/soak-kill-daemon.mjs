/** Kills a daemon while services are registered over its HTTP API and a tool is called through its MCP endpoint. */
import { execFile } from 'node:child_process';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath, URL } from 'node:url';
import { promisify } from 'node:util';
import { applyBody, callOf, MODULE, CALLERS, SOURCE, startDaemon } from './soak-kill-requests.mjs';

const clarityctl = fileURLToPath(new URL('../packages/cli/bin/clarityctl.js', import.meta.url));
/** Number of kills after which a new folder is used, because registry and audit log are read completely after each kill. */
const ROUNDS_PER_FOLDER = 10;
const PAGE = 1_000;

/**
 * `round` runs a daemon until a random moment, kills it, starts it again and reads its state. After each kill all
 * confirmed changes since the creation of the folder are checked.
 */
export function daemonWriter(command, root) {
  let running;
  let folder;
  let answered;
  const ask = async (path, init) => {
    const answer = await globalThis.fetch(running.url + path, init);
    if (!answer.ok) throw new Error(`${path}: ${String(answer.status)} ${await answer.text()}`);
    return answer.json();
  };

  async function end(signal = 'SIGTERM') {
    const ending = running;
    running = undefined;
    ending?.child.kill(signal);
    await ending?.exited;
  }

  async function fresh(number) {
    await end();
    folder = join(root, String(number));
    await mkdir(folder);
    await writeFile(join(folder, 'one.wasm'), MODULE);
    await writeFile(join(folder, 'soak.clarity'), SOURCE);
    running = await startDaemon(command, folder);
    const env = { ...process.env, CLARITYD_URL: running.url };
    await promisify(execFile)(process.execPath, [clarityctl, 'add', 'soak'], { cwd: folder, env });
    answered = { services: [], calls: CALLERS.map(() => 0) };
  }

  /** Registers and calls with all callers concurrently. Kills at a random moment after both got a response. */
  async function writeUntilKilled(number) {
    let killed = false;
    const seen = { service: 0, call: 0 };
    const writer = async (work) => {
      for (let i = 0; !killed; i += 1) {
        try {
          seen[await work(i)] += 1;
        } catch (error) {
          if (!killed) throw error;
        }
      }
    };
    const register = (caller) => async (i) => {
      const name = `k${String(number)}_${String(caller)}_${String(i)}`;
      await ask('/api/services/apply', applyBody(name, join(folder, 'one.wasm')));
      answered.services.push(name);
      return 'service';
    };
    const call = (caller) => async () => {
      const { result } = await ask('/mcp', callOf(caller));
      if (result?.structuredContent?.result !== 1) throw new Error(`a call returned ${JSON.stringify(result)}`);
      answered.calls[caller] += 1;
      return 'call';
    };
    const writers = Promise.all(CALLERS.flatMap((_, caller) => [writer(register(caller)), writer(call(caller))]));
    const kill = async () => {
      while (seen.service === 0 || seen.call === 0) await delay(1);
      await delay(Math.random() * 250);
      killed = true;
      await end('SIGKILL');
    };
    await Promise.all([writers, kill()]);
  }

  async function round(number) {
    if (running === undefined || number % ROUNDS_PER_FOLDER === 1) await fresh(number);
    const before = answered.calls.reduce((a, b) => a + b, answered.services.length * 2);
    await writeUntilKilled(number);
    running = await startDaemon(command, folder);
    const { items: services } = await ask('/api/services');
    const { audited, calls } = await readAudit();
    for (const [caller, count] of calls.entries()) {
      // One call per caller can be recorded without a response.
      if (count > answered.calls[caller] + 1) throw new Error(`a call of caller ${String(caller)} is recorded twice`);
    }
    const numbered = (counts) =>
      counts.flatMap((count, caller) => Array.from({ length: count }, (_, i) => `${caller}#${i}`));
    const names = answered.services;
    const of = (kind, all) => all.map((name) => [kind, name]);
    const wanted = [...of('put', names), ...of('committed', names), ...of('recorded', numbered(answered.calls))];
    const held = {
      put: services.map(({ namespace }) => namespace),
      // Events have the service id; each registration has one event.
      committed: services.filter(({ serviceId }) => audited.has(serviceId)).map(({ namespace }) => namespace),
      recorded: numbered(calls),
    };
    // A recorded call without a response counts as confirmed from now on.
    answered.calls = calls;
    await lookForLeftovers();
    return { answered: wanted, fresh: wanted.length - before, held, startedMs: running.startedMs };
  }

  async function readAudit() {
    const audited = new Set();
    const calls = CALLERS.map(() => 0);
    for (let after = 'start'; ;) {
      const { items, next } = await ask(`/api/audit?limit=${String(PAGE)}&after=${encodeURIComponent(after)}`);
      for (const { serviceId, kind, data } of items) {
        audited.add(serviceId);
        const caller = kind === 'service.tool_called' ? CALLERS.indexOf(data.tool.replace(/^fn__/, '')) : -1;
        if (caller >= 0) calls[caller] += 1;
      }
      if (items.length < PAGE) return { audited, calls };
      after = next;
    }
  }

  /** Checks twice, because a file that the daemon is writing now is gone the second time. */
  async function lookForLeftovers() {
    const look = async () => {
      const names = await readdir(join(folder, '.clarity'), { recursive: true });
      return names.filter((name) => name.includes('.tmp-') || name.includes('.claim-'));
    };
    const first = await look();
    if (first.length === 0) return;
    await delay(500);
    const left = (await look()).filter((name) => first.includes(name));
    if (left.length > 0) throw new Error(`left behind: ${left.join(', ')}`);
  }

  return { round, end };
}
