import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toolCall } from './calls.ts';
import { Cleanup } from './harness/cleanup.ts';
import { checkouts } from './harness/clarity.ts';
import { printMeasured } from './harness/report.ts';
import { measure, type Contender } from './harness/rounds.ts';
import { startServer } from './harness/server-process.ts';

const floorOf = (name: string): string => join(import.meta.dirname, 'floors', name);

/** Measures a tool of a modern service that replies with an event stream, relative to a byte pipe to the same upstream. */
export async function benchSseReply(rounds: number, calls: number): Promise<void> {
  await using stack = new Cleanup();
  const upstream = stack.use(await startServer([floorOf('mcp-upstream.mjs'), 'modern', 'sse']));
  const pipe = stack.use(await startServer([floorOf('byte-pipe.mjs'), upstream.url]));
  const load = { calls, connections: 16 };
  const direct = toolCall(pipe.url, 'echo', { text: 'x' }, '"answered"');
  const contenders: Contender[] = [{ name: 'byte pipe on node:http', server: pipe, load: { ...direct, ...load } }];
  for (const { label, clarityd, ctl } of checkouts) {
    const folder = await mkdtemp(join(tmpdir(), 'clarity-bench-'));
    stack.defer(() => rm(folder, { recursive: true }));
    const server = stack.use(await startServer([clarityd, '--port', '0', '--workspace', folder]));
    await ctl(['--daemon-url', server.url, 'add-remote', '--module', 'up', '--endpoint', upstream.url], folder);
    const call = toolCall(`${server.url}/mcp`, 'up__echo', { text: 'x' }, '"answered"');
    contenders.push({ name: `modern client, modern service${label}`, server, load: { ...call, ...load } });
  }
  printMeasured('SSE reply', await measure(contenders, rounds));
}
