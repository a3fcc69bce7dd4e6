import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toolCall } from './calls.ts';
import { own } from './harness/clarity.ts';
import { Cleanup } from './harness/cleanup.ts';
import { printMeasured } from './harness/report.ts';
import { measure, type Contender } from './harness/rounds.ts';
import { startServer } from './harness/server-process.ts';
import { register, trusting } from './harness/workspace.ts';

/** Registered services, besides the one that is called. The first number is the floor. */
const SERVICES = [10, 10_000];

/** Measures a call of a remote service in a workspace with 10,000 stopped services, relative to one with 10. */
export async function benchManyServices(rounds: number, calls: number): Promise<void> {
  await using stack = new Cleanup();
  const upstream = stack.use(await startServer([join(import.meta.dirname, 'floors', 'mcp-upstream.mjs'), 'modern']));
  const contenders: Contender[] = [];
  for (const services of SERVICES) {
    const folder = await mkdtemp(join(tmpdir(), 'clarity-bench-'));
    stack.defer(() => rm(folder, { recursive: true }));
    await register(own, folder, services);
    const flags = ['--port', '0', '--workspace', folder, ...(await trusting(own))];
    const server = stack.use(await startServer([own.clarityd, ...flags]));
    await own.ctl(['--daemon-url', server.url, 'add-remote', '--module', 'up', '--endpoint', upstream.url], folder);
    const call = toolCall(`${server.url}/mcp`, 'up__echo', { text: 'x' }, '"answered"');
    contenders.push({ name: `${String(services)} services`, server, load: { ...call, calls, connections: 16 } });
  }
  printMeasured('a call among many services', await measure(contenders, rounds));
}
