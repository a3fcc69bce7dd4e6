import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parse } from '@bytecodealliance/jco-transpile/wasm-tools';
import { toolCall } from './calls.ts';
import { checkouts, own, type Checkout } from './harness/clarity.ts';
import { Cleanup } from './harness/cleanup.ts';
import { printMeasured, report } from './harness/report.ts';
import { measure, type Contender } from './harness/rounds.ts';
import { startServer } from './harness/server-process.ts';
import { ratios, shown, spreadOf } from './harness/statistics.ts';

const SERVICES = 100;
const GOALS = { memoryMiB: 160, startMs: 1_000, component: 0.6 };
/** Delay before resident memory is read. */
const IDLE_MS = 2_000;
/** Each answer costs the daemon a summary of all services. */
const POLL_MS = 100;

const CORE = '(module (func (export "add") (param i64 i64) (result i64) (i64.add (local.get 0) (local.get 1))))';
const COMPONENT = `(component
  (core module $m (func (export "add") (param i64 i64) (result i64) (i64.add (local.get 0) (local.get 1))))
  (core instance $i (instantiate $m))
  (func (export "add") (param "arg0" s64) (param "arg1" s64) (result s64) (canon lift (core func $i "add"))))`;

interface Listed {
  readonly items: readonly { readonly health: string }[];
}

/** Measures the start and the memory of 100 local services, and a call of a component relative to one of a core module. */
export async function benchLocalServices(rounds: number, calls: number): Promise<void> {
  await using stack = new Cleanup();
  process.stdout.write(
    `\n${String(SERVICES)} local services: median (min to max) of ${String(Math.min(rounds, 5))} rounds\n`,
  );
  for (const checkout of checkouts) await benchStart(stack, checkout, Math.min(rounds, 5));
  await benchComponent(stack, rounds, calls);
}

async function benchStart(stack: Cleanup, { clarityd, ctl, label }: Checkout, rounds: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'clarity-bench-'));
  stack.defer(() => rm(folder, { recursive: true }));
  const start = [clarityd, '--port', '0', '--workspace', folder];
  {
    await using first = await startServer(start);
    for (let at = 0; at < SERVICES; at += 1) {
      const name = `service${String(at)}`;
      await writeFile(join(folder, `${name}.clarity`), sourceOf(name));
      await ctl(['--daemon-url', first.url, 'add', `${name}.clarity`], folder);
    }
  }
  const [startMs, memory]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round += 1) {
    const from = performance.now();
    await using daemon = await startServer(start);
    while ((await readyOf(daemon.url)) < SERVICES) await delay(POLL_MS);
    startMs.push(performance.now() - from);
    await delay(IDLE_MS);
    memory.push(memoryOfTree(daemon.pid));
  }
  const name = `${String(SERVICES)} local services${label}`;
  report({ name, figure: 'start', unit: 'ms', value: spreadOf(startMs) });
  report({ name, figure: 'memory', unit: 'MiB', value: spreadOf(memory) });
  process.stdout.write(`  ${name}\n`);
  process.stdout.write(
    `    ${shown(spreadOf(startMs), 0)} ms until all are healthy, the goal is ${String(GOALS.startMs)}\n`,
  );
  process.stdout.write(
    `    ${shown(spreadOf(memory), 0)} MiB of all processes, the goal is ${String(GOALS.memoryMiB)}\n`,
  );
}

const sourceOf = (name: string): string =>
  `module ${name}\n\nfunction add(a: Int64, b: Int64) -> Int64 {\n  a + b\n}\n`;

async function benchComponent(stack: Cleanup, rounds: number, calls: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'clarity-bench-'));
  stack.defer(() => rm(folder, { recursive: true }));
  const server = stack.use(await startServer([own.clarityd, '--port', '0', '--workspace', folder]));
  const contenders: Contender[] = [];
  for (const [name, text] of Object.entries({ core: CORE, component: COMPONENT })) {
    await writeFile(join(folder, `${name}.wasm`), await parse(text));
    await own.ctl(['--daemon-url', server.url, 'add', `${name}.wasm`], folder);
    const call = toolCall(`${server.url}/mcp`, `${name}__fn__add`, { arg0: 2, arg1: 3 }, '5');
    contenders.push({ name: `a tool of a ${name} module`, server, load: { ...call, calls, connections: 16 } });
  }
  const measured = await measure(contenders, rounds);
  printMeasured('component and core module through /mcp', measured);
  const [core, component] = measured.map(({ callsPerSecond }) => callsPerSecond);
  const { median } = spreadOf(ratios(component ?? [], core ?? []));
  process.stdout.write(
    `  a component: ${median.toFixed(2)} of a core module, the goal is ${String(GOALS.component)}\n`,
  );
}

async function readyOf(url: string): Promise<number> {
  const reply = await fetch(`${url}/api/services`);
  if (!reply.ok) return 0;
  const { items } = (await reply.json()) as Listed;
  return items.filter(({ health }) => health === 'HEALTHY').length;
}

/** Returns the memory of a process and its descendants in MiB; a page that several share counts once. Linux only. */
function memoryOfTree(root: number): number {
  const parents = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => [Number(name), parentOf(name)] as const);
  const tree = [root];
  for (const pid of tree) for (const [child, parent] of parents) if (parent === pid) tree.push(child);
  return tree.reduce((sum, pid) => {
    const rollup = readFileSync(`/proc/${String(pid)}/smaps_rollup`, 'utf8');
    return sum + Number(/^Pss:\s+(\d+) kB$/m.exec(rollup)?.[1] ?? 0) / 1024;
  }, 0);
}

function parentOf(pid: string): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    // The process ended between the two readings.
    return 0;
  }
}
