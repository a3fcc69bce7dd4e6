import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { startProgram, type ServerProcess } from './server-process.ts';

const peers = z.array(
  z.object({
    /** Name and version in the results. */
    name: z.string().min(1),
    /**
     * Program and arguments. It must be the server itself, not a starter such as `npx`: its CPU time counts. It writes a line
     * with a URL when it is ready. `{legacy}` and `{modern}` become the URLs of the upstreams.
     */
    command: z.array(z.string()).min(1),
    /** URL of its MCP endpoint; the one that it writes when absent. */
    url: z.url().optional(),
    /** Name of the tool `echo` of the upstream in its list. */
    tool: z.string().min(1).default('echo'),
  }),
);

/** Another gateway that serves the tool `echo` of an upstream. */
export type Peer = z.infer<typeof peers>[number];

/** Returns the gateways in the JSON file that `BENCH_PEERS` names; none without it. */
export async function readPeers(): Promise<readonly Peer[]> {
  const path = process.env['BENCH_PEERS'];
  return path === undefined ? [] : peers.parse(JSON.parse(await readFile(path, 'utf8')));
}

/** Starts a gateway before the upstreams. */
export function startPeer(
  { command }: Peer,
  upstreams: Readonly<Record<'legacy' | 'modern', string>>,
): Promise<ServerProcess> {
  const { legacy, modern } = upstreams;
  return startProgram(command.map((word) => word.replaceAll('{legacy}', legacy).replaceAll('{modern}', modern)));
}
