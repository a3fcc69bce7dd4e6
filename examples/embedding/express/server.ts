import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type Express } from 'express';
import { createRequestListener } from '@clarity-runtime/adapter-http';
import { createRuntime, embeddedCaller, isClarityError, type Runtime } from '@clarity-runtime/core';
import { stockAdapters, statusPageFolder } from 'clarity-runtime';

const host = '127.0.0.1';

export interface AppServer extends AsyncDisposable {
  readonly runtime: Runtime;
  readonly url: string;
}

/** Starts an Express application whose runtime serves the API, the MCP endpoint and the status page. */
export async function startServer(workspace: string, port = 0): Promise<AppServer> {
  const runtime = await createRuntime(await stockAdapters({ workspace }));
  await runtime.autostart();
  const server = createServer(createApp(runtime));
  await new Promise<void>((resolve) => server.listen(port, host, resolve));
  const { port: actual } = server.address() as AddressInfo;
  return {
    runtime,
    url: `http://${host}:${String(actual)}`,
    [Symbol.asyncDispose]: async () => {
      // Event streams end with the runtime, so it closes first.
      await runtime.close();
      await closed(server);
    },
  };
}

function createApp(runtime: Runtime): Express {
  const page = statusPageFolder();
  const app = express();
  // Before body parsers: the listener reads and limits request bodies itself.
  app.use(createRequestListener(runtime, { host, ...(page === undefined ? {} : { statusPageFolder: page }) }));
  app.use(express.json());
  app.get('/', (_req, res) => {
    res.send('an application with tools\n');
  });
  app.post('/run/:tool', async (req, res) => {
    try {
      const args = req.body as Record<string, unknown>;
      const answer = await runtime.tools.call(embeddedCaller, { name: req.params.tool, arguments: args });
      res.status(answer.isError ? 422 : 200).json(answer.structuredContent ?? answer.content);
    } catch (error) {
      if (!isClarityError(error)) throw error;
      res.status(400).json(error.failure);
    }
  });
  return app;
}

async function closed(server: Server): Promise<void> {
  const end = new Promise((resolve) => server.close(resolve));
  server.closeAllConnections();
  await end;
}
