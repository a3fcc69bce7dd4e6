import { expect, test } from '@jest/globals';
import { json, mcpUpstream, type Handle, type Received } from '../../support/mcp-upstream.ts';
import { callTool, connectTo, request, valueOf } from '../../support/remote-service.ts';

const tool = (header: string): object => ({
  name: 'echo',
  inputSchema: { type: 'object', properties: { text: { type: 'string', 'x-mcp-header': header } } },
});

/** A server that requires the header `wanted` and lists its tools in two pages. */
function strictServer(wanted: () => string): Handle {
  return ({ method, id, params, headers }, response) => {
    if (method === 'tools/list') {
      const isFirst = params['cursor'] === undefined;
      const page = isFirst ? { tools: [], nextCursor: 'two' } : { tools: [tool(wanted())] };
      json(response, 200, { jsonrpc: '2.0', id, result: page });
      return true;
    }
    if (method !== 'tools/call' || headers[`mcp-param-${wanted().toLowerCase()}`] !== undefined) return false;
    json(response, 400, { jsonrpc: '2.0', id, error: { code: -32020, message: 'header mismatch' } });
    return true;
  };
}

const methodsOf = (received: readonly Received[]): readonly unknown[] =>
  received.map(({ method }) => method).filter((method) => method === 'tools/call' || method === 'tools/list');

test('StreamableConnection lists the tools again and retries once when its parameter headers are outdated', async () => {
  let wanted = 'Old';
  await using upstream = await mcpUpstream({ era: 'modern', handle: strictServer(() => wanted) });
  const connection = await connectTo(upstream.url);
  await request(connection, 'tools/list', { cursor: 'two' });
  wanted = 'New';
  upstream.received.length = 0;
  expect(valueOf(await callTool(connection, 'echo', { args: { text: 'x' } }))).toMatchObject({
    content: [{ text: 'x' }],
  });
  expect(methodsOf(upstream.received)).toEqual(['tools/call', 'tools/list', 'tools/list', 'tools/call']);
  await connection.close('done');
});

test('StreamableConnection returns the error without a retry when the list does not change the headers', async () => {
  const refuse: Handle = (received, response, request) => {
    if (received.method !== 'tools/call') return strictServer(() => 'Same')(received, response, request);
    json(response, 400, { jsonrpc: '2.0', id: received.id, error: { code: -32020, message: 'no' } });
    return true;
  };
  await using upstream = await mcpUpstream({ era: 'modern', handle: refuse });
  const connection = await connectTo(upstream.url);
  await request(connection, 'tools/list', { cursor: 'two' });
  upstream.received.length = 0;
  expect(await callTool(connection, 'echo', { args: { text: 'x' } })).toMatchObject({ error: { code: -32020 } });
  expect(methodsOf(upstream.received)).toEqual(['tools/call', 'tools/list', 'tools/list']);
  await connection.close('done');
});

test('StreamableConnection returns the error when the tools cannot be listed', async () => {
  const refuse: Handle = ({ method, id }, response) => {
    if (method !== 'tools/call' && method !== 'tools/list') return false;
    json(response, 400, {
      jsonrpc: '2.0',
      id,
      error: { code: method === 'tools/call' ? -32020 : -32603, message: '' },
    });
    return true;
  };
  await using upstream = await mcpUpstream({ era: 'modern', handle: refuse });
  const connection = await connectTo(upstream.url);
  expect(await callTool(connection, 'echo', { args: { text: 'x' } })).toMatchObject({ error: { code: -32020 } });
  await connection.close('done');
});

test('Q21 the search for a header ends when the cursors of a list lead in a circle', async () => {
  const circle: Handle = ({ method, id, params }, response) => {
    if (method === 'tools/list') {
      const nextCursor = params['cursor'] === 'b' ? '' : params['cursor'] === '' ? 'b' : '';
      json(response, 200, { jsonrpc: '2.0', id, result: { tools: [], nextCursor } });
    } else if (method === 'tools/call') {
      json(response, 400, { jsonrpc: '2.0', id, error: { code: -32020, message: 'header mismatch' } });
    } else return false;
    return true;
  };
  await using upstream = await mcpUpstream({ era: 'modern', handle: circle });
  const connection = await connectTo(upstream.url);
  expect(valueOf(await callTool(connection, 'echo'))).toMatchObject({ code: -32020 });
  expect(methodsOf(upstream.received)).toEqual(['tools/call', 'tools/list', 'tools/list', 'tools/list']);
  await connection.close('done');
});
