import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toolCall } from './calls.ts';
import { clarityctl, clarityd } from './harness/clarity.ts';
import { measure } from './harness/rounds.ts';
import { startServer } from './harness/server-process.ts';
import { printMeasured } from './harness/report.ts';

const SOURCE = 'module adder\n\nfunction add(a: Int64, b: Int64) -> Int64 {\n  a + b\n}\n';

/** Measures a local tool through `/mcp` with policy and durable audit, relative to a server that echoes JSON. */
export async function benchLocalCall(rounds: number, calls: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'clarity-bench-'));
  await writeFile(join(folder, 'adder.clarity'), SOURCE);
  {
    await using daemon = await startServer([clarityd, '--port', '0', '--workspace', folder]);
    await using floor = await startServer([join(import.meta.dirname, 'floors', 'json-echo.mjs')]);
    await clarityctl(['--daemon-url', daemon.url, 'add', 'adder'], folder);
    const load = { calls, connections: 16 };
    const call = toolCall(`${daemon.url}/mcp`, 'adder__fn__add', { a: 2, b: 3 }, '"result":5');
    const echo = { ...call, url: floor.url, check: () => undefined };
    const measured = await measure(
      [
        { name: 'json echo on node:http', server: floor, load: { ...echo, ...load } },
        { name: 'local tool through /mcp', server: daemon, load: { ...call, ...load } },
      ],
      rounds,
    );
    printMeasured('local call', measured);
  }
  await rm(folder, { recursive: true });
}
