import { benchLocalCall } from './local-call.ts';

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 9);
const CALLS = Number(process.env.BENCH_CALLS ?? 5000);

await benchLocalCall(ROUNDS, CALLS);
