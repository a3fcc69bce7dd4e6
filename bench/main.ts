import '../scripts/own-home.mjs';
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { benchCompile } from './compile.ts';
import { regressions } from './harness/check.ts';
import { readPeers } from './harness/peers.ts';
import { reported } from './harness/report.ts';
import { selectContenders } from './harness/rounds.ts';
import { benchIdle } from './idle.ts';
import { benchLocalCall } from './local-call.ts';
import { benchLocalServices } from './local-services.ts';
import { benchManyServices } from './many-services.ts';
import { benchProxiedCall } from './proxied-call.ts';
import { benchSseReply } from './sse-reply.ts';
import { benchToolList } from './tool-list.ts';
import { benchWasmCalls } from './wasm-calls.ts';
import { benchWasmServices } from './wasm-services.ts';
import { benchAppends } from './appends.ts';
import { benchRegistration } from './registration.ts';
import { benchStartUp } from './start-up.ts';

/**
 * Arguments: names of the benchmarks to run; all when absent.
 * `--json <file>` writes all figures. `--only <expression>` measures the contenders whose names match, and the floors.
 * `--peers <file>` adds published gateways (`bench/harness/peers.ts` has the format). `--check` runs the benchmarks of `CHECKED` in a short form and compares with the table.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'string' },
    only: { type: 'string' },
    peers: { type: 'string' },
    check: { type: 'boolean', default: false },
  },
});
/** Era of the client and of the service are the same: the calls whose ratios have a target. */
const CHECKED_CALLS = '^(modern client, modern|legacy session, legacy) service$';
if (values.only !== undefined || values.check) selectContenders(values.only ?? CHECKED_CALLS);
// The echo of `local-call` does so little that its ratio differs by a factor of two between rounds.
const CHECKED = ['proxied-call'];
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? (values.check ? 25 : 9));
const CALLS = Number(process.env.BENCH_CALLS ?? (values.check ? 400 : 5000));

const BENCHES: Readonly<Record<string, () => Promise<void>>> = {
  compile: () => benchCompile(ROUNDS),
  'wasm-calls': () => benchWasmCalls(ROUNDS, CALLS * 4),
  'wasm-services': () => benchWasmServices(ROUNDS, CALLS),
  'local-services': () => benchLocalServices(ROUNDS, CALLS),
  'local-call': () => benchLocalCall(ROUNDS, CALLS),
  'proxied-call': async () =>
    benchProxiedCall(ROUNDS, CALLS, values.peers === undefined ? [] : await readPeers(values.peers)),
  'sse-reply': () => benchSseReply(ROUNDS, CALLS),
  'many-services': () => benchManyServices(ROUNDS, CALLS),
  idle: () => benchIdle(ROUNDS),
  'tool-list': () => benchToolList(ROUNDS, CALLS),
  appends: () => benchAppends(ROUNDS, CALLS),
  registration: () => benchRegistration(ROUNDS),
  'start-up': () => benchStartUp(ROUNDS),
};

const chosen = values.check ? CHECKED : positionals;
for (const name of chosen.length === 0 ? Object.keys(BENCHES) : chosen) {
  const bench = BENCHES[name];
  if (bench === undefined)
    throw new Error(`unknown benchmark '${name}'; available: ${Object.keys(BENCHES).join(', ')}`);
  await bench();
}
if (values.json !== undefined) {
  const { node, v8 } = process.versions;
  await writeFile(values.json, `${JSON.stringify({ node, v8, rounds: ROUNDS, rows: reported() }, null, 2)}\n`);
}
if (values.check) {
  const worse = await regressions(reported());
  for (const line of worse) process.stderr.write(`worse: ${line}\n`);
  process.stdout.write(worse.length === 0 ? '\nno ratio is more than 10 % worse than in bench/ratios.json\n' : '\n');
  if (worse.length > 0) process.exitCode = 1;
}
