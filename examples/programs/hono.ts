import { Hono } from 'hono';
import { createMcpHandler } from '@clarity-runtime/adapter-http';
import { askOver, callers, greetingRuntime, report } from './greeting.ts';

interface Served {
  readonly url: string;
  stop(): Promise<unknown>;
}

/** The servers of Bun and Deno, whose types a program for one of them has. */
interface Engines {
  readonly Bun?: {
    serve(options: { port: number; fetch(request: Request): Response | Promise<Response> }): {
      readonly port: number;
      stop(now: boolean): Promise<unknown>;
    };
  };
  readonly Deno?: {
    serve(
      options: { port: number; onListen(): void },
      fetch: (request: Request) => Response | Promise<Response>,
    ): { readonly addr: { readonly port: number }; shutdown(): Promise<unknown> };
  };
}

/** Serves requests with the server of Bun or Deno. On Node the application is called without a server. */
function serve(fetch: (request: Request) => Response | Promise<Response>): Served | undefined {
  const { Bun, Deno } = globalThis as Engines;
  if (Bun !== undefined) {
    const server = Bun.serve({ port: 0, fetch });
    return { url: `http://127.0.0.1:${String(server.port)}`, stop: () => server.stop(true) };
  }
  if (Deno === undefined) return undefined;
  const server = Deno.serve({ port: 0, onListen: () => undefined }, fetch);
  return { url: `http://127.0.0.1:${String(server.addr.port)}`, stop: () => server.shutdown() };
}

/** Serves MCP below `/tools` of a Hono application, for every server of the Fetch API. */
async function main(): Promise<object> {
  await using runtime = await greetingRuntime();
  const handler = createMcpHandler(runtime, { callers, basePath: '/tools' });
  const app = new Hono();
  for (const path of ['/tools/mcp', '/tools/mcp/*']) app.all(path, (context) => handler.fetch(context.req.raw));
  app.get('/', (context) => context.text('an application\n'));
  const served = serve((request) => app.fetch(request));
  const url = served?.url ?? 'http://localhost';
  const send = (request: Request): Promise<Response> =>
    served === undefined ? Promise.resolve(app.fetch(request)) : fetch(request);
  const asked = await askOver(send, `${url}/tools/mcp`);
  const page = await (await send(new Request(url))).text();
  await served?.stop();
  return { ...asked, page };
}

report(main());
