/**
 * Compares real MCP servers of npm behind a real daemon with the same servers used by the official client: all lists and the
 * results of safe calls must be equal byte for byte. Prints a table; exits with 1 when a server differs or fewer than 20 start.
 *
 * The servers are installed in a temporary folder, or in the folder of `CLARITY_MATRIX_FOLDER`, which is kept. Install scripts
 * of their packages do not run. Needs access to the npm registry.
 */
import '../../scripts/own-home.mjs';
import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { SSEClientTransport } from '@modelcontextprotocol/sdk/client/sse.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { startClarityd, type Clarityd } from '../../test/support/clarityd.ts';
import { temporaryWorkspace } from '../../test/support/workspace.ts';
import { install } from './install.ts';
import { differencesOf, observe, stable, type Observation } from './observe.ts';
import { EVERYTHING, HTTP_TRANSPORTS, SERVERS, type MatrixServer, type SafeCall } from './servers.ts';
import { printTable, type MatrixRow } from './table.ts';

const MIN_STARTED = 20;
const started = new Set<ChildProcess>();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
process.once('exit', () => {
  for (const child of started) child.kill('SIGKILL');
});

const wanted = new Set(process.argv.slice(2));
const chosen = SERVERS.filter(({ name }) => wanted.size === 0 || wanted.has(name));
await using installed = await install(chosen);
await using workspace = await temporaryWorkspace();
const folder = join(workspace.path, 'files');
await mkdir(folder);
await writeFile(join(folder, 'note.txt'), 'a note\n');
const env = { HOME: workspace.path, PATH: process.env['PATH'] ?? '', TERM: 'dumb' };
await using daemon = await startClarityd({ cwd: workspace.path, env });
const rows: MatrixRow[] = [];
for (const server of chosen) {
  rows.push(await overStdio(server));
  console.error(`${server.name}: ${rows.at(-1)?.verdict ?? ''}`);
}
if (chosen.includes(EVERYTHING)) {
  for (const kind of HTTP_TRANSPORTS) rows.push(await overHttp(EVERYTHING, kind));
}
await daemon.end();
printTable(rows);
const equal = rows.filter(({ verdict }) => verdict === 'yes');
const isShort = wanted.size === 0 && equal.length < MIN_STARTED;
process.exitCode = isShort || rows.some(({ verdict }) => verdict === 'no') ? 1 : 0;

/** A server in both forms: registered by `add`, and opened by the official client. */
interface Trial {
  readonly server: MatrixServer;
  readonly transport: string;
  readonly add: readonly string[];
  readonly direct: () => Transport;
}

function overStdio(server: MatrixServer): Promise<MatrixRow> {
  const args = [programOf(server), ...(server.args ?? []).map(filled)];
  const direct = (): Transport =>
    new StdioClientTransport({ command: process.execPath, args, env, cwd: folder, stderr: 'ignore' });
  const add = ['add-process', moduleOf(server), '--cwd', folder, '--', process.execPath, ...args];
  return compare({ server, transport: 'stdio', add, direct });
}

async function overHttp(
  server: MatrixServer,
  { transport, argument, path }: (typeof HTTP_TRANSPORTS)[number],
): Promise<MatrixRow> {
  const port = await freePort();
  const child = spawn(process.execPath, [programOf(server), argument], {
    cwd: folder,
    env: { ...env, PORT: String(port) },
    stdio: 'ignore',
  });
  started.add(child);
  const url = new URL(`http://127.0.0.1:${String(port)}${path}`);
  await listening(url);
  const direct = (): Transport =>
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- it is the only client of this transport.
    transport === 'sse_http' ? new SSEClientTransport(url) : new StreamableHTTPClientTransport(url);
  const module = `${moduleOf(server)}-${transport}`;
  const add = ['add-remote', '--endpoint', url.href, '--module', module, '--transport', transport];
  const row = await compare({ server, transport, add, direct });
  child.kill('SIGKILL');
  started.delete(child);
  return row;
}

async function compare({ server, transport, add, direct }: Trial): Promise<MatrixRow> {
  const row = { server: server.name, version: server.version, transport };
  const calls = (server.calls ?? []).map(({ tool, args }): SafeCall => ({
    tool,
    args: JSON.parse(filled(JSON.stringify(args))) as SafeCall['args'],
  }));
  const failed = (note: string): MatrixRow => ({ ...row, era: '', tools: 0, calls: 0, verdict: 'none', ms: 0, note });
  let expected: Observation;
  try {
    const lists = await observe(direct(), []);
    calls.push(...lists.refused);
    expected = stable(await observe(direct(), calls), await observe(direct(), calls));
  } catch (error) {
    return failed(`does not start with the official client: ${String(error).slice(0, 120)}`);
  }
  const from = performance.now();
  const added = await daemon.ctl(...add);
  const ms = Math.round(performance.now() - from);
  if (added.exitCode !== 0) return { ...failed(added.stderr.slice(0, 300)), verdict: 'no', ms };
  const { namespace, serviceId } = JSON.parse(added.stdout) as { namespace: string; serviceId: string };
  const endpoint = new URL(`${daemon.url}/mcp/${namespace}`);
  const seen = await observe(new StreamableHTTPClientTransport(endpoint) as Transport, calls).catch(
    (error: unknown): Observation => ({ texts: new Map([['connect', String(error)]]), toolNames: [], refused: [] }),
  );
  const differences = differencesOf(expected, seen);
  const era = await eraOf(daemon, namespace, seen.toolNames[0]);
  await daemon.ctl('remove', serviceId, '--yes');
  const note = differences.join(' | ');
  const verdict = differences.length === 0 ? 'yes' : 'no';
  return {
    ...row,
    era,
    tools: expected.toolNames.length,
    calls: calls.length - (expected.unstable?.size ?? 0),
    verdict,
    ms,
    note,
  };
}

/** Returns the era of the service in `explain`; empty for a service without tools. */
async function eraOf({ url }: Clarityd, namespace: string, tool: string | undefined): Promise<string> {
  if (tool === undefined) return '';
  const response = await fetch(`${url}/api/explain?tool=${encodeURIComponent(`${namespace}/${tool}`)}`);
  const { service } = (await response.json()) as { readonly service?: { readonly era?: string } };
  return service?.era ?? '';
}

function programOf({ name, bin }: MatrixServer): string {
  const home = join(installed.path, 'node_modules', name);
  const manifest = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8')) as {
    readonly bin: string | Readonly<Record<string, string>>;
  };
  const path =
    typeof manifest.bin === 'string' ? manifest.bin : (manifest.bin[bin ?? ''] ?? Object.values(manifest.bin)[0]);
  if (path === undefined) throw new Error(`${name} has no program`);
  return join(home, path);
}

function filled(text: string): string {
  return text.replaceAll('{folder}', folder);
}

function moduleOf({ name }: MatrixServer): string {
  return name.replace(/[^a-z0-9]+/gi, '-').replace(/^-/, '');
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Resolves when a server responds at the URL, with any status. */
async function listening(url: URL): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const stop = new AbortController();
    const response = await fetch(url, { signal: stop.signal }).catch(() => undefined);
    stop.abort();
    if (response !== undefined) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`no server listens at ${url.href}`);
}
