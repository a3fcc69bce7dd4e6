/**
 * Measures the effect of 60 failing remote services (hanging, sending garbage, dying) on the calls of 140 healthy ones.
 *
 *   node scripts/soak-remotes.mjs [--services 200] [--sick 20] [--rounds 9] [--seconds 6]
 *
 * Rounds are paired, without and with the failing services, in alternating order. Fails when a call of a healthy service
 * fails or takes more than 250 ms in addition to the time of the service, when the median of the paired p50 ratios differs
 * by more than 15 %, or when an open handle remains at the end.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { performance } from 'node:perf_hooks';
import process from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath, URL } from 'node:url';
import { parseArgs } from 'node:util';
import { httpConnector } from '@clarity-runtime/adapter-http';
import { createRuntime, embeddedCaller, RawJson } from '@clarity-runtime/core';

const { values } = parseArgs({
  options: {
    services: { type: 'string', default: '200' },
    sick: { type: 'string', default: '20' },
    rounds: { type: 'string', default: '9' },
    seconds: { type: 'string', default: '6' },
  },
});
const [count, sick, rounds, seconds] = ['services', 'sick', 'rounds', 'seconds'].map((name) => Number(values[name]));
/** Calls per service and second. */
const PER_SECOND = 1;
const BEYOND_MS = 250;
const APART = 0.15;

const stubs = fork(fileURLToPath(new URL('soak-stubs.mjs', import.meta.url)), [String(count), String(sick)]);
const [{ urls, ownMs }] = await once(stubs, 'message');
const runtime = await createRuntime(
  { connectors: [httpConnector()] },
  { supervision: { probeIntervalMs: 1_000, probeTimeoutMs: 500, firstRestartMs: 100 } },
);
const manifestOf = (endpoint, i) => ({
  apiVersion: 'clarity.runtime/v1',
  kind: 'MCPService',
  metadata: { sourceFile: endpoint, module: `s${String(i)}` },
  spec: {
    origin: { type: 'remote_mcp', endpoint, transport: 'streamable_http', timeoutMs: i < 3 * sick ? 1_000 : 10_000 },
    enabled: true,
    autostart: true,
    policyRef: 'default',
    restartPolicy: { mode: 'on-failure', maxRestarts: 100, windowSeconds: 60 },
  },
});
const services = [];
for (const [i, url] of urls.entries()) {
  const { service } = await runtime.services.apply(embeddedCaller, manifestOf(url, i));
  services.push({ i, id: service.serviceId, isSick: i < 3 * sick });
}
const each = (of, act) => Promise.all(of.map(({ id }) => runtime.services[act](embeddedCaller, id)));
const healthy = services.filter(({ isSick }) => !isSick);
const ill = services.filter(({ isSick }) => isSick);
await each(healthy, 'start');

const peer = runtime.gateway.open({ caller: embeddedCaller, era: 'legacy', revision: '2025-11-25' });
const ask = () => Promise.reject(new Error('the client supports no requests'));
async function call({ i }, text) {
  const params = new Map([
    ['name', RawJson.of(`s${String(i)}__echo`)],
    ['arguments', RawJson.of({ text })],
  ]);
  const { signal } = new globalThis.AbortController();
  const exchange = { signal, ask, send: () => undefined };
  const from = performance.now();
  const reply = await peer.request({ method: 'tools/call', params }, exchange);
  const ms = performance.now() - from;
  const said = 'result' in reply ? reply.result.text : JSON.stringify(reply.error);
  return { ms, said, isRight: said.includes(`"text":"${text}"`) && !said.includes('"isError":true') };
}

/** Calls each service at a constant rate. Resolves with all results. */
async function callAll(of) {
  const gap = 1_000 / PER_SECOND;
  const times = Math.round(seconds * PER_SECOND);
  const outcomes = [];
  const one = async (service, at) => {
    await pause((gap * at) / of.length);
    for (let n = 0; n < times; n += 1) {
      outcomes.push(call(service, `${String(service.i)}.${String(n)}`));
      await pause(gap);
    }
  };
  await Promise.all(of.map(one));
  return Promise.all(outcomes);
}

const p50 = (outcomes) => outcomes.map(({ ms }) => ms).toSorted((a, b) => a - b)[Math.floor(outcomes.length / 2)];
async function round(withSick) {
  await each(ill, withSick ? 'start' : 'stop');
  const before = process.cpuUsage();
  const sickCalls = withSick ? callAll(ill) : Promise.resolve([]);
  const outcomes = await callAll(healthy);
  const { user, system } = process.cpuUsage(before);
  return { outcomes, sickCalls: await sickCalls, cpuMs: (user + system) / 1_000 };
}

const failed = [];
const pairs = [];
let [calls, slow, slowest, sickCalls, sickFailed] = [0, 0, 0, 0, 0];
await callAll(healthy);
for (let n = 0; n < rounds; n += 1) {
  const order = n % 2 === 0 ? [false, true] : [true, false];
  const median = new Map();
  const cpu = new Map();
  for (const withSick of order) {
    const { outcomes, sickCalls: ends, cpuMs } = await round(withSick);
    median.set(withSick, p50(outcomes));
    cpu.set(withSick, cpuMs);
    calls += outcomes.length;
    failed.push(...outcomes.filter(({ isRight }) => !isRight).map(({ said }) => said));
    const beyond = outcomes.map(({ ms }) => ms - ownMs);
    slow += beyond.filter((ms) => ms > BEYOND_MS).length;
    slowest = Math.max(slowest, ...beyond);
    sickCalls += ends.length;
    sickFailed += ends.filter(({ isRight }) => !isRight).length;
  }
  const [without, withThem] = [median.get(false), median.get(true)];
  pairs.push(withThem / without);
  process.stdout.write(
    `pair ${String(n)}: p50 ${without.toFixed(2)} ms without, ${withThem.toFixed(2)} ms with failing services; ` +
      `CPU ${cpu.get(false).toFixed(0)} and ${cpu.get(true).toFixed(0)} ms\n`,
  );
}
const ratio = pairs.toSorted((a, b) => a - b)[Math.floor(pairs.length / 2)];
await runtime.close();
stubs.disconnect();
await once(stubs, 'exit');
await pause(100);
const left = process
  .getActiveResourcesInfo()
  .filter((kind) => /TCP|Timeout|Process|Pipe.*Wrap$/.test(kind) && kind !== 'PipeWrap');
process.stdout.write(
  `${String(calls)} calls of healthy services: ${String(failed.length)} failed, ${String(slow)} took more than ${String(BEYOND_MS)} ms ` +
    `in addition to their own time (max ${slowest.toFixed(0)} ms), median of the pairs ${ratio.toFixed(3)}; ` +
    `${String(sickCalls)} calls of failing services, ${String(sickFailed)} failed; open handles: ${left.join(', ') || 'none'}\n`,
);
for (const said of failed.slice(0, 10)) process.stdout.write(`failed: ${said}\n`);
const holds = failed.length === 0 && slow === 0 && Math.abs(ratio - 1) <= APART && left.length === 0 && sickFailed > 0;
process.exitCode = holds ? 0 : 1;
