import '../scripts/own-home.mjs';
import { benchCompile } from './compile.ts';
import { benchLocalCall } from './local-call.ts';
import { benchProxiedCall } from './proxied-call.ts';
import { benchWasmCalls } from './wasm-calls.ts';
import { benchAppends } from './appends.ts';
import { benchRegistration } from './registration.ts';
import { benchStartUp } from './start-up.ts';

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 9);
const CALLS = Number(process.env.BENCH_CALLS ?? 5000);

const BENCHES: Readonly<Record<string, () => Promise<void>>> = {
  compile: () => benchCompile(ROUNDS),
  'wasm-calls': () => benchWasmCalls(ROUNDS, CALLS * 4),
  'local-call': () => benchLocalCall(ROUNDS, CALLS),
  'proxied-call': () => benchProxiedCall(ROUNDS, CALLS),
  appends: () => benchAppends(ROUNDS, CALLS),
  registration: () => benchRegistration(ROUNDS),
  'start-up': () => benchStartUp(ROUNDS),
};

// Arguments: names of the benchmarks to run; all when absent.
const chosen = process.argv.slice(2);
for (const name of chosen.length === 0 ? Object.keys(BENCHES) : chosen) {
  const bench = BENCHES[name];
  if (bench === undefined)
    throw new Error(`unknown benchmark '${name}'; available: ${Object.keys(BENCHES).join(', ')}`);
  await bench();
}
