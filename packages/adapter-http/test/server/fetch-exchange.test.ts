import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { afterEach, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { answerFetch } from '../../src/server/fetch-exchange.ts';

const servers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of servers.splice(0)) await close();
});

async function served(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  servers.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
}

type Step = { readonly write: Uint8Array } | { readonly flush: true } | { readonly turn: true };

interface Script {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly steps: readonly Step[];
  readonly corks: boolean;
}

const script: fc.Arbitrary<Script> = fc.record({
  status: fc.constantFrom(200, 201, 202, 400, 404, 500, 503),
  headers: fc.dictionary(
    fc.constantFrom('x-one', 'X-Two', 'set-cookie', 'content-type'),
    fc.oneof(
      fc.stringMatching(/^[a-z0-9;=/]{1,12}$/),
      fc.array(fc.stringMatching(/^[a-z]{1,5}$/), { minLength: 1, maxLength: 3 }),
    ),
  ),
  steps: fc.array(
    fc.oneof(
      fc.uint8Array({ maxLength: 100_000 }).map((write) => ({ write })),
      fc.constant({ flush: true as const }),
      fc.constant({ turn: true as const }),
    ),
    { maxLength: 6 },
  ),
  corks: fc.boolean(),
});

/** Writes a scripted response, as a listener may. */
const playing =
  ({ status, headers, steps, corks }: Script): RequestListener =>
  (req, res) => {
    void (async () => {
      req.resume();
      res.writeHead(status, headers as Record<string, string>);
      for (const step of steps) {
        if ('turn' in step) await new Promise(setImmediate);
        else if ('flush' in step) res.flushHeaders();
        else {
          if (corks) res.cork();
          res.write(step.write);
          if (corks) res.uncork();
        }
      }
      res.end();
    })();
  };

async function seen(response: Response): Promise<unknown> {
  const own: string[][] = [];
  response.headers.forEach((value, name) => {
    if (/^x-|cookie|content-type/.test(name)) own.push([name, value]);
  });
  return { status: response.status, own, body: Buffer.from(await response.arrayBuffer()).toString('hex') };
}

test('a response over fetch equals the response of node:http to the same listener', async () => {
  let current: Script | undefined;
  const url = await served((req, res) => {
    if (current !== undefined) playing(current)(req, res);
  });
  await fc.assert(
    fc.asyncProperty(script, async (each) => {
      current = each;
      const direct = await answerFetch(playing(each), new Request('http://localhost/x'));
      expect(await seen(direct)).toEqual(await seen(await fetch(url)));
    }),
    { numRuns: 40 },
  );
});

test('the request of the listener has the target, headers and bytes of the Request', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 200_000 }), fc.boolean(), async (bytes, hasLength) => {
      const response = await answerFetch(
        (req, res) => {
          const chunks: Buffer[] = [];
          req.on('data', (chunk: Buffer) => chunks.push(chunk));
          req.on('end', () => {
            const { method, url, headers, socket } = req;
            const told = { method, url, host: headers.host, user: headers['x-user'], peer: socket.remoteAddress };
            res.end(JSON.stringify({ ...told, body: Buffer.concat(chunks).toString('hex') }));
          });
        },
        new Request('http://tools.example:81/a/b?c=%20d', {
          method: 'POST',
          headers: { 'X-User': 'anna', ...(hasLength ? { 'content-length': String(bytes.length) } : {}) },
          body: bytes,
        }),
        { peer: '192.0.2.1' },
      );
      expect(await response.json()).toEqual({
        method: 'POST',
        url: '/a/b?c=%20d',
        host: 'tools.example:81',
        user: 'anna',
        peer: '192.0.2.1',
        body: Buffer.from(bytes).toString('hex'),
      });
    }),
    { numRuns: 20 },
  );
});

test('a whole response has its length, and 204, 304 and HEAD have no body', async () => {
  const answer = async (status: number, method = 'GET'): Promise<readonly unknown[]> => {
    const response = await answerFetch(
      (_req, res) =>
        res.writeHead(status, { 'content-length': 2, connection: 'close' }).end(status === 200 ? 'ok' : ''),
      new Request('http://localhost/', { method }),
    );
    return [response.status, response.headers.get('connection'), response.body === null, await response.text()];
  };
  expect(await answer(200)).toEqual([200, null, false, 'ok']);
  expect(await answer(200, 'HEAD')).toEqual([200, null, true, '']);
  expect(await answer(204)).toEqual([204, null, true, '']);
  expect(await answer(304)).toEqual([304, null, true, '']);
});

test('a writer waits while the reader does not read, and goes on when it does', async () => {
  let written = 0;
  const chunk = new Uint8Array(64 * 1024);
  const response = await answerFetch((_req, res) => {
    res.writeHead(200);
    const fill = (): void => {
      while (written < 64) {
        written += 1;
        if (!res.write(chunk)) {
          res.once('drain', fill);
          return;
        }
      }
      res.end();
    };
    setImmediate(fill);
  }, new Request('http://localhost/'));
  for (let i = 0; i < 50; i += 1) await new Promise(setImmediate);
  expect(written).toBeLessThan(6);
  expect((await response.arrayBuffer()).byteLength).toBe(64 * chunk.length);
});

test.each(['an aborted request', 'a cancelled body'])('%s closes the exchange', async (how) => {
  const aborting = new AbortController();
  const closed: Promise<unknown>[] = [];
  const response = await answerFetch(
    (req, res) => {
      closed.push(once(res, 'close'), once(req.socket, 'close'));
      res.writeHead(200, { 'content-type': 'text/event-stream' });
      res.write('data: 1\n\n');
    },
    new Request('http://localhost/', { signal: aborting.signal }),
  );
  if (how === 'a cancelled body') await response.body?.cancel();
  else aborting.abort();
  await Promise.all(closed);
  await expect(how === 'a cancelled body' ? Promise.reject(new Error('x')) : response.text()).rejects.toThrow();
});

test('a request that aborted before its response is answered, and its listener is told', async () => {
  const aborting = new AbortController();
  const closed: Promise<unknown>[] = [];
  const answer = answerFetch(
    (_req, res) => {
      closed.push(once(res, 'close'));
    },
    new Request('http://localhost/', { signal: aborting.signal }),
  );
  aborting.abort();
  expect((await answer).status).toBe(503);
  await Promise.all(closed);
});
