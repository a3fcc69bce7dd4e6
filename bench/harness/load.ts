import { Agent, request } from 'node:http';

export interface Load {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly calls: number;
  /** Number of concurrent requests, each on its own connection. */
  readonly connections: number;
  /** Throws when a response is wrong. */
  readonly check: (status: number, body: string) => void;
}

/** Sends all requests of a load. Returns the duration in milliseconds. */
export async function run(load: Load): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: load.connections });
  let left = load.calls;
  const from = performance.now();
  const worker = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await once(load, agent);
    }
  };
  await Promise.all(Array.from({ length: load.connections }, worker));
  const ms = performance.now() - from;
  agent.destroy();
  return ms;
}

function once({ url, headers, body, check }: Load, agent: Agent): Promise<void> {
  return new Promise((resolve, reject) => {
    const all = { ...headers, 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) };
    const req = request(url, { method: 'POST', agent, headers: all }, (res) => {
      const chunks: Buffer[] = [];
      res.on('data', (chunk: Buffer) => chunks.push(chunk));
      res.on('error', reject);
      res.on('end', () => {
        try {
          check(res.statusCode ?? 0, Buffer.concat(chunks).toString());
          resolve();
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      });
    });
    req.on('error', reject);
    req.end(body);
  });
}
