import { fastify } from 'fastify';
import { createMcpHandler } from '@clarity-runtime/adapter-http';
import { askOver, callers, greetingRuntime, report } from './greeting.ts';

/** Serves MCP at `/mcp` of a Fastify application. The handler reads the body, so Fastify does not parse it there. */
async function main(): Promise<object> {
  await using runtime = await greetingRuntime();
  const handler = createMcpHandler(runtime, { callers });
  const app = fastify();
  await app.register((mcp, _options, done) => {
    mcp.removeAllContentTypeParsers();
    mcp.addContentTypeParser('*', (_request, _body, parsed) => {
      parsed(null);
    });
    for (const url of ['/mcp', '/mcp/*']) {
      mcp.route({
        method: ['GET', 'POST', 'DELETE'],
        url,
        handler: (request, reply) => {
          reply.hijack();
          handler.node(request.raw, reply.raw);
        },
      });
    }
    done();
  });
  app.get('/', () => 'an application\n');
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  const asked = await askOver(fetch, `${url}/mcp`);
  const page = await (await fetch(url)).text();
  await app.close();
  return { ...asked, page };
}

report(main());
