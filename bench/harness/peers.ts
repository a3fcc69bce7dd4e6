import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import type { ServerProcess } from './server-process.ts';

/**
 * A published gateway that takes part in a benchmark. In all texts `${upstream}` is the URL of the MCP server behind it,
 * `${port}` a free port and `${folder}` its temporary folder. `tool` is the name of the tool `echo` of that server.
 */
const peer = z.strictObject({
  name: z.string(),
  command: z.array(z.string()).min(1),
  env: z.record(z.string(), z.string()).default({}),
  /** Files of the folder, which is the working directory, by name. */
  files: z.record(z.string(), z.string()).default({}),
  url: z.string(),
  tool: z.string(),
});

export type Peer = z.infer<typeof peer>;

const START_MS = 60_000;
const RETRY_MS = 200;

/** Reads a file with a JSON list of peers. Rejects with the member that is not valid. */
export async function readPeers(path: string): Promise<readonly Peer[]> {
  return z.array(peer).parse(JSON.parse(await readFile(path, 'utf8')));
}

/** Starts a peer and waits until its URL answers. Rejects with its output when it does not within 60 s. */
export async function startPeer({ command, env, files, url, name }: Peer, upstream: string): Promise<ServerProcess> {
  const folder = await mkdtemp(join(tmpdir(), 'clarity-bench-'));
  const port = String(await freePort());
  const filled = (text: string): string =>
    text.replaceAll('${upstream}', upstream).replaceAll('${port}', port).replaceAll('${folder}', folder);
  for (const [file, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), filled(content));
  }
  const [program = '', ...args] = command.map(filled);
  const variables = Object.fromEntries(Object.entries(env).map(([variable, value]) => [variable, filled(value)]));
  const child = spawn(program, args, {
    cwd: folder,
    env: { ...process.env, ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output = `${output}${chunk.toString()}`.slice(-4_000);
    });
  }
  const end = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) {
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      await exited;
    }
    await rm(folder, { recursive: true, force: true });
  };
  const from = performance.now();
  const address = filled(url);
  while (!(await answers(address))) {
    if (child.exitCode === null && performance.now() - from < START_MS) await delay(RETRY_MS);
    else {
      await end();
      throw new Error(`the peer '${name}' does not answer at ${address}: ${output}`);
    }
  }
  return {
    pid: child.pid ?? 0,
    url: address,
    startedInMs: performance.now() - from,
    [Symbol.asyncDispose]: end,
  };
}

const answers = (url: string): Promise<boolean> =>
  fetch(url, { signal: AbortSignal.timeout(RETRY_MS * 5) }).then(
    () => true,
    () => false,
  );

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
