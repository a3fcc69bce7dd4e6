/**
 * Measures the memory of a daemon after many calls, abandoned sessions and dropped streams, and with oversized responses
 * of a service.
 *
 *   node scripts/soak-memory.mjs [--calls 100000] [--sessions 3000] [--streams 1000]
 *
 * Calls, sessions and streams run in five parts with a garbage collection after each. Fails when the heap grows by more
 * than 8 MiB from the second part to the last, or when an oversized response adds more than 32 MiB to the maximum resident
 * memory during ordinary calls.
 */
import './own-home.mjs';
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath, URL } from 'node:url';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    calls: { type: 'string', default: '100000' },
    sessions: { type: 'string', default: '3000' },
    streams: { type: 'string', default: '1000' },
  },
});
const PARTS = 5;
const MOST_GROWTH = 8;
const MOST_EXCESS = 32;
const AT_ONCE = 16;
const mib = (bytes) => bytes / 1024 / 1024;
const pathOf = (relative) => fileURLToPath(new URL(relative, import.meta.url));

/** Preloaded into the daemon: on SIGUSR2 it collects garbage and prints the used memory. */
const PROBE = `process.on('SIGUSR2', () => { globalThis.gc(); globalThis.gc();
  require('node:fs').writeFileSync(process.env.SOAK_PROBE, JSON.stringify({ ...process.memoryUsage(), at: Date.now() })); });`;

const folder = await mkdtemp(join(tmpdir(), 'clarity-memory-'));
const probed = join(folder, 'memory.json');
await writeFile(join(folder, 'probe.cjs'), PROBE);
const service = fork(pathOf('soak-memory-service.mjs'));
const [{ url: endpoint }] = await once(service, 'message');
const argv = ['--expose-gc', '--require', join(folder, 'probe.cjs'), pathOf('../packages/cli/bin/clarityd.js')];
const daemon = spawn(process.execPath, [...argv, '--port', '0'], {
  cwd: folder,
  env: { ...process.env, SOAK_PROBE: probed },
  stdio: ['ignore', 'pipe', 'inherit'],
});

const url = await new Promise((resolve, reject) => {
  let said = '';
  daemon.stdout.on('data', (chunk) => {
    said += chunk;
    const found = /listening on (\S+)/.exec(said);
    if (found !== null) resolve(found[1]);
  });
  daemon.once('exit', (code) => reject(new Error(`clarityd ended with ${String(code)}`)));
});
const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });

function send(method, path, { body, headers = {}, cut = false } = {}) {
  return new Promise((resolve, reject) => {
    const type = body === undefined ? {} : { 'content-type': 'application/json' };
    const accept = method === 'GET' ? 'text/event-stream' : 'application/json, text/event-stream';
    const asked = request(`${url}${path}`, {
      method,
      agent: cut ? false : agent,
      headers: { accept, ...type, ...headers },
    });
    asked.once('response', (answer) => {
      if (cut) {
        answer.destroy();
        resolve(answer);
        return;
      }
      let text = '';
      answer.on('data', (chunk) => (text += chunk));
      answer.once('end', () => resolve({ status: answer.statusCode, headers: answer.headers, text }));
      answer.once('error', reject);
    });
    asked.once('error', reject);
    asked.end(body === undefined ? undefined : JSON.stringify(body));
  });
}
const rpc = (method, params, headers) =>
  send('POST', '/mcp', { body: { jsonrpc: '2.0', id: 1, method, params }, headers });
const call = (name, args = {}) => rpc('tools/call', { name: `far__${name}`, arguments: args });
const client = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'soak', version: '1' } };

/** Opens and uses a session once without closing it. */
async function session() {
  const { headers } = await rpc('initialize', client);
  const held = { 'mcp-session-id': headers['mcp-session-id'], 'mcp-protocol-version': client.protocolVersion };
  await rpc('tools/list', {}, held);
  return held;
}

/** Returns the used memory in MiB after a garbage collection. */
async function memory() {
  await pause(500);
  const before = Date.now();
  daemon.kill('SIGUSR2');
  for (;;) {
    await pause(50);
    const seen = await readFile(probed, 'utf8')
      .then(JSON.parse)
      .catch(() => undefined);
    if (seen?.at >= before) return { heap: mib(seen.heapUsed + seen.external), rss: mib(seen.rss) };
  }
}

async function repeat(times, act) {
  let left = times;
  const one = async () => {
    while (left > 0) {
      left -= 1;
      await act();
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, one));
}

const wrong = [];
async function flat(name, times, act) {
  const seen = [];
  for (let part = 0; part < PARTS; part += 1) {
    await repeat(Math.ceil(times / PARTS), act);
    seen.push(await memory());
  }
  const growth = seen.at(-1).heap - seen[1].heap;
  const shown = seen.map(({ heap, rss }) => `${heap.toFixed(1)}/${rss.toFixed(0)}`).join(' ');
  process.stdout.write(`${String(times)} ${name}: heap/resident MiB ${shown}, growth ${growth.toFixed(1)}\n`);
  if (growth > MOST_GROWTH) wrong.push(name);
}

async function excess(name, act) {
  await memory();
  await resetPeak();
  await repeat(5_000, () => call('echo'));
  const before = await peak();
  await resetPeak();
  await act();
  const added = (await peak()) - before;
  process.stdout.write(`${name}: added ${added.toFixed(1)} MiB\n`);
  if (added > MOST_EXCESS) wrong.push(name);
}

const resetPeak = () => writeFile(`/proc/${String(daemon.pid)}/clear_refs`, '5');

/** Returns the maximum resident memory since the last reset in MiB. */
async function peak() {
  const status = await readFile(`/proc/${String(daemon.pid)}/status`, 'utf8');
  return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) / 1024;
}

try {
  const manifest = {
    apiVersion: 'clarity.runtime/v1',
    kind: 'MCPService',
    metadata: { sourceFile: endpoint, module: 'far' },
    spec: {
      origin: { type: 'remote_mcp', endpoint, transport: 'streamable_http' },
      enabled: true,
      autostart: true,
      policyRef: 'default',
      restartPolicy: { mode: 'never', maxRestarts: 0, windowSeconds: 60 },
    },
  };
  const { text } = await send('POST', '/api/services/apply', { body: { manifest } });
  const { serviceId } = JSON.parse(text).service;
  await send('POST', `/api/services/${serviceId}/start`);
  await repeat(2_000, () => call('echo'));
  await flat('calls', Number(values.calls), () => call('echo'));
  await flat('abandoned sessions', Number(values.sessions), session);
  await flat('dropped streams', Number(values.streams), async () => {
    const held = await session();
    await send('GET', '/mcp', { headers: held, cut: true });
    await send('GET', '/api/events', { cut: true });
  });
  await excess('20 gzip bombs of 200 MiB', () => repeat(20, () => call('bomb')));
  await excess('20 bodies of 64 MiB', () => repeat(20, () => call('body')));
  await excess('20 requests of 64 MiB', () =>
    repeat(20, () => send('POST', '/mcp', { body: 'x'.repeat(64 * 1024 * 1024) }).catch(() => undefined)),
  );
  service.send('many');
  await once(service, 'message');
  await excess('100,000 tools, listed five times', async () => {
    for (let n = 0; n < 5; n += 1) await send('POST', `/api/services/${serviceId}/introspect`);
  });
  const status = JSON.parse((await send('GET', '/api/status', { headers: { accept: 'application/json' } })).text);
  const refused = Object.entries(status.refusals).filter(([, count]) => count > 0);
  process.stdout.write(`rejected: ${refused.map(([name, count]) => `${name} ${String(count)}`).join(', ')}\n`);
} finally {
  daemon.kill('SIGKILL');
  service.kill();
  await rm(folder, { recursive: true, force: true });
}
process.stdout.write(wrong.length === 0 ? 'memory is stable\n' : `above the limit: ${wrong.join(', ')}\n`);
process.exitCode = wrong.length === 0 ? 0 : 1;
agent.destroy();
