import { functionsConnector } from '@clarity-runtime/adapter-functions';
import type { CallerResolver } from '@clarity-runtime/adapter-http';
import { createRuntime, embeddedCaller, grantOf, type Caller, type Runtime } from '@clarity-runtime/core';

/** Returns a runtime with one service, `greeting`, whose tool `greet` is a function of the program. */
export async function greetingRuntime(): Promise<Runtime> {
  const greeting = functionsConnector({
    name: 'greeting',
    tools: {
      greet: {
        description: 'Greets a person.',
        input: { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] },
        run: ({ name }) => `Hello, ${String(name)}`,
      },
    },
  });
  const runtime = await createRuntime({ connectors: [greeting] });
  await runtime.services.apply(embeddedCaller, greeting.manifest);
  await runtime.autostart();
  return runtime;
}

const anna: Caller = {
  tenant: 'default',
  principal: { kind: 'user', id: 'anna' },
  credential: { kind: 'opaque', id: 'key-of-anna' },
  door: 'mcp',
  grants: [grantOf('read', 'call')],
};

/** Knows one user by an API key. */
export const callers: CallerResolver = {
  resolve: ({ headers }) =>
    Promise.resolve(headers['x-api-key'] === 'secret-of-anna' ? anna : { status: 401, message: 'send x-api-key' }),
};

/** Calls `greet` over MCP with and without the key of Anna. Returns the two status codes and the greeting. */
export async function askOver(send: (request: Request) => Promise<Response>, url: string): Promise<object> {
  const body = JSON.stringify({
    jsonrpc: '2.0',
    id: 1,
    method: 'tools/call',
    params: {
      name: 'greeting__greet',
      arguments: { name: 'Anna' },
      _meta: {
        'io.modelcontextprotocol/protocolVersion': '2026-07-28',
        'io.modelcontextprotocol/clientCapabilities': {},
      },
    },
  });
  const headers = {
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    'mcp-protocol-version': '2026-07-28',
    'mcp-method': 'tools/call',
    'mcp-name': 'greeting__greet',
  };
  const stranger = await send(new Request(url, { method: 'POST', headers, body }));
  const known = await send(
    new Request(url, { method: 'POST', headers: { ...headers, 'x-api-key': 'secret-of-anna' }, body }),
  );
  const text = await known.text();
  return { stranger: stranger.status, known: known.status, text: /Hello, \w+/.exec(text)?.[0] ?? text };
}

/** Prints the result of a program, or its error. */
export function report(result: Promise<unknown>): void {
  result.then(
    (value) => {
      console.log(JSON.stringify(value));
    },
    (error: unknown) => {
      console.error(error);
      process.exitCode = 1;
    },
  );
}
