import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { createMcpHandler } from '@clarity-runtime/adapter-http';
import { askOver, callers, greetingRuntime, report } from './greeting.ts';

/** Serves MCP below `/tools` of an Express application that knows its users. */
async function main(): Promise<object> {
  await using runtime = await greetingRuntime();
  const app = express();
  app.use('/tools', createMcpHandler(runtime, { callers }).node);
  app.use(express.json());
  app.get('/', (_request, response) => {
    response.send('an application\n');
  });
  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  const asked = await askOver(fetch, `${url}/tools/mcp`);
  const page = await (await fetch(url)).text();
  server.closeAllConnections();
  server.close();
  return { ...asked, page };
}

report(main());
