import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { modernRequest } from './calls.ts';
import { Cleanup } from './harness/cleanup.ts';
import { checkouts } from './harness/clarity.ts';
import { printMeasured } from './harness/report.ts';
import { measure, type Contender } from './harness/rounds.ts';
import { startServer } from './harness/server-process.ts';

const floorOf = (name: string): string => join(import.meta.dirname, 'floors', name);
const SERVICES = Number(process.env['BENCH_LISTED_SERVICES'] ?? '20');
const TOOLS = 50;

/** Measures the first page of `tools/list` of 20 services with 50 tools, relative to a server of the same bytes. */
export async function benchToolList(rounds: number, calls: number): Promise<void> {
  await using stack = new Cleanup();
  const upstream = stack.use(await startServer([floorOf('mcp-upstream.mjs'), 'modern', String(TOOLS)]));
  const floor = stack.use(await startServer([floorOf('raw-bytes.mjs')]));
  const load = { calls: Math.ceil(calls / 10), connections: 16 };
  const contenders: Contender[] = [];
  for (const { label, clarityd, ctl } of checkouts) {
    const folder = await mkdtemp(join(tmpdir(), 'clarity-bench-'));
    stack.defer(() => rm(folder, { recursive: true }));
    const server = stack.use(await startServer([clarityd, '--port', '0', '--workspace', folder]));
    for (let at = 0; at < SERVICES; at += 1) {
      const added = ['add-remote', '--module', `up${String(at)}`, '--endpoint', upstream.url];
      await ctl(['--daemon-url', server.url, ...added], folder);
    }
    const list = modernRequest(`${server.url}/mcp`, 'tools/list', {}, '"tools"');
    contenders.push({ name: `tools/list${label}`, server, load: { ...list, ...load } });
  }
  const [first] = contenders;
  if (first === undefined) return;
  const { url, headers, body } = first.load;
  const listed = await fetch(url, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body,
  });
  await fetch(floor.url, { method: 'POST', body: await listed.text() });
  const raw = { name: 'the same bytes on node:http', server: floor, load: { ...first.load, url: floor.url } };
  printMeasured(`tool list of ${String(SERVICES * TOOLS)} tools`, await measure([raw, ...contenders], rounds));
}
