import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSession, toolCall } from './calls.ts';
import { checkouts, type Checkout } from './harness/clarity.ts';
import { Cleanup } from './harness/cleanup.ts';
import { startPeer, type Peer } from './harness/peers.ts';
import { printMeasured } from './harness/report.ts';
import { measure, type Contender } from './harness/rounds.ts';
import { startServer } from './harness/server-process.ts';

/** Concurrent requests, each on its own connection. The committed ratios are those of 16. */
const USUAL_CONNECTIONS = 16;
const CONNECTIONS = (process.env['BENCH_CONNECTIONS'] ?? String(USUAL_CONNECTIONS)).split(',').map(Number);
const ANSWER = '"answered"';
const floorOf = (name: string): string => join(import.meta.dirname, 'floors', name);

/**
 * Measures a tool of a remote service through `/mcp`, per era of the client and of the service, relative to a byte pipe to
 * the same upstream. Each peer serves a legacy session in front of the legacy upstream.
 */
export async function benchProxiedCall(rounds: number, calls: number, peers: readonly Peer[]): Promise<void> {
  await using stack = new Cleanup();
  const start = async (args: readonly string[]) => stack.use(await startServer(args));
  const modern = await start([floorOf('mcp-upstream.mjs'), 'modern']);
  const legacy = await start([floorOf('mcp-upstream.mjs'), 'legacy']);
  const bytePipe = await start([floorOf('byte-pipe.mjs'), modern.url]);
  const undiciPipe = await start([floorOf('undici-pipe.mjs'), modern.url]);
  const load = { calls, connections: USUAL_CONNECTIONS };
  const direct = toolCall(modern.url, 'echo', { text: 'x' }, ANSWER);
  const contenders: Contender[] = [
    { name: 'byte pipe on node:http', server: bytePipe, load: { ...direct, ...load, url: bytePipe.url } },
    { name: 'byte pipe on undici', server: undiciPipe, load: { ...direct, ...load, url: undiciPipe.url } },
  ];
  const through = async ({ label, clarityd, ctl }: Checkout): Promise<void> => {
    const folder = await mkdtemp(join(tmpdir(), 'clarity-bench-'));
    stack.defer(() => rm(folder, { recursive: true }));
    const server = await start([clarityd, '--port', '0', '--workspace', folder]);
    for (const [name, upstream] of [
      ['modern', modern],
      ['legacy', legacy],
    ] as const) {
      await ctl(['--daemon-url', server.url, 'add-remote', '--module', name, '--endpoint', upstream.url], folder);
      const url = `${server.url}/mcp`;
      const call = toolCall(url, `${name}__echo`, { text: 'x' }, ANSWER);
      const session = await openSession(url, `${name}__echo`, { text: 'x' }, ANSWER);
      contenders.push(
        { name: `modern client, ${name} service${label}`, server, load: { ...call, ...load } },
        { name: `legacy session, ${name} service${label}`, server, load: { ...session, ...load } },
      );
    }
  };
  for (const checkout of checkouts) await through(checkout);
  for (const peer of peers) {
    const server = stack.use(await startPeer(peer, legacy.url));
    const session = await openSession(server.url, peer.tool, { text: 'x' }, ANSWER);
    contenders.push({ name: peer.name, server, load: { ...session, ...load } });
  }
  for (const connections of CONNECTIONS) {
    const title =
      connections === USUAL_CONNECTIONS ? 'proxied call' : `proxied call, ${String(connections)} connections`;
    const all = contenders.map((contender) => ({ ...contender, load: { ...contender.load, connections } }));
    printMeasured(title, await measure(all, rounds));
  }
}
