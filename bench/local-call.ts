import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toolCall } from './calls.ts';
import { checkouts } from './harness/clarity.ts';
import { measure, type Contender } from './harness/rounds.ts';
import { startServer } from './harness/server-process.ts';
import { Cleanup } from './harness/cleanup.ts';
import { printMeasured } from './harness/report.ts';

const SOURCE = 'module adder\n\nfunction add(a: Int64, b: Int64) -> Int64 {\n  a + b\n}\n';

/** Measures a local tool through `/mcp` with policy and durable audit, relative to a server that echoes JSON. */
export async function benchLocalCall(rounds: number, calls: number): Promise<void> {
  await using stack = new Cleanup();
  const floor = stack.use(await startServer([join(import.meta.dirname, 'floors', 'json-echo.mjs')]));
  const load = { calls, connections: 16 };
  const call = toolCall(floor.url, 'adder__fn__add', { a: 2, b: 3 }, '');
  const contenders: Contender[] = [{ name: 'json echo on node:http', server: floor, load: { ...call, ...load } }];
  for (const { label, clarityd, ctl } of checkouts) {
    const folder = await mkdtemp(join(tmpdir(), 'clarity-bench-'));
    stack.defer(() => rm(folder, { recursive: true }));
    await writeFile(join(folder, 'adder.clarity'), SOURCE);
    const server = stack.use(await startServer([clarityd, '--port', '0', '--workspace', folder]));
    await ctl(['--daemon-url', server.url, 'add', 'adder'], folder);
    const local = toolCall(`${server.url}/mcp`, 'adder__fn__add', { a: 2, b: 3 }, '"result":5');
    contenders.push({ name: `local tool through /mcp${label}`, server, load: { ...local, ...load } });
  }
  printMeasured('local call', await measure(contenders, rounds));
}
