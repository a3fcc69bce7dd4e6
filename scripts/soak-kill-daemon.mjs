/** A daemon that is killed while services are registered over its HTTP API and a tool is called through its MCP endpoint. */
import { execFile } from 'node:child_process';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath, URL } from 'node:url';
import { promisify } from 'node:util';
import { applyBody, callOf, EMPTY_MODULE, LANES, SOURCE, startDaemon } from './soak-kill-requests.mjs';

const clarityctl = fileURLToPath(new URL('../packages/cli/bin/clarityctl.js', import.meta.url));
/** The registry and the audit are read whole after each kill: they begin anew after so many. */
const ROUNDS_PER_FOLDER = 10;
const PAGE = 1_000;

/**
 * `round` lets a daemon answer until a random moment, kills it, starts it anew and asks what it knows. Each answer since the
 * folder began is asked for again after each kill.
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
    await writeFile(join(folder, 'empty.wasm'), EMPTY_MODULE);
    await writeFile(join(folder, 'soak.clarity'), SOURCE);
    running = await startDaemon(command, folder);
    const env = { ...process.env, CLARITYD_URL: running.url };
    await promisify(execFile)(process.execPath, [clarityctl, 'add', 'soak'], { cwd: folder, env });
    answered = { services: [], calls: LANES.map(() => 0) };
  }

  /** Registers and calls on all lanes at once; resolves a random moment after both have been answered, and kills. */
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
    const register = (lane) => async (i) => {
      const name = `k${String(number)}_${String(lane)}_${String(i)}`;
      await ask('/api/services/apply', applyBody(name, join(folder, 'empty.wasm')));
      answered.services.push(name);
      return 'service';
    };
    const call = (lane) => async () => {
      const { result } = await ask('/mcp', callOf(lane));
      if (result?.structuredContent?.result !== 1)
        throw new Error(`a call was answered with ${JSON.stringify(result)}`);
      answered.calls[lane] += 1;
      return 'call';
    };
    const writers = Promise.all(LANES.flatMap((_, lane) => [writer(register(lane)), writer(call(lane))]));
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
    for (const [lane, count] of calls.entries()) {
      // One call of each lane may have been recorded and not answered.
      if (count > answered.calls[lane] + 1) throw new Error(`a call of lane ${String(lane)} is told twice`);
    }
    const numbered = (counts) =>
      counts.flatMap((count, lane) => Array.from({ length: count }, (_, i) => `${lane}#${i}`));
    const names = answered.services;
    const of = (kind, all) => all.map((name) => [kind, name]);
    const wanted = [...of('put', names), ...of('committed', names), ...of('recorded', numbered(answered.calls))];
    const held = {
      put: services.map(({ namespace }) => namespace),
      // Events name a service by its id: there is one for every registration.
      committed: services.filter(({ serviceId }) => audited.has(serviceId)).map(({ namespace }) => namespace),
      recorded: numbered(calls),
    };
    // What was recorded and not answered counts as answered from now on: it must stay.
    answered.calls = calls;
    await lookForLeftovers();
    return { answered: wanted, fresh: wanted.length - before, held, startedMs: running.startedMs };
  }

  async function readAudit() {
    const audited = new Set();
    const calls = LANES.map(() => 0);
    for (let after = 'start'; ;) {
      const { items, next } = await ask(`/api/audit?limit=${String(PAGE)}&after=${encodeURIComponent(after)}`);
      for (const { serviceId, kind, data } of items) {
        audited.add(serviceId);
        const lane = kind === 'service.tool_called' ? LANES.indexOf(data.tool.replace(/^fn__/, '')) : -1;
        if (lane >= 0) calls[lane] += 1;
      }
      if (items.length < PAGE) return { audited, calls };
      after = next;
    }
  }

  /** What the daemon writes at this moment is gone at the second look. */
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
