import { expect, test } from '@jest/globals';
import { deriveServiceId, sha256Hex } from '@clarity-runtime/core/internal';
import { ask, Files, manifestOf, open, sample, say, text, withFiles } from '../support/connector.ts';
import { Threads } from '../support/broken-thread.ts';
import { testHost } from '../support/host.ts';
import { sampleDocument, sampleWasm } from '../support/sample-service.ts';

test('tools/list returns a function with its parameter names, types and comment', async () => {
  const { connection } = await sample();
  const reply = await ask(connection, 'tools/list');
  const { tools } = ('result' in reply ? reply.result.value : {}) as { tools: readonly { name: string }[] };
  expect(tools.map(({ name }) => name)).toEqual([
    'health_check',
    'describe_service',
    ...sampleDocument.functions.map(({ name }) => `fn__${name}`),
  ]);
  expect(tools.find(({ name }) => name === 'fn__sum')).toMatchObject({
    description: 'Adds two numbers.',
    inputSchema: { type: 'object', required: ['a', 'b'], properties: { a: {}, b: {} } },
    outputSchema: { type: 'object', properties: { result: {} } },
  });
  expect(tools.find(({ name }) => name === 'fn__point')).toMatchObject({
    outputSchema: { type: 'object', properties: { x: {}, y: {} } },
  });
  expect(tools.find(({ name }) => name === 'fn__say')).not.toHaveProperty('outputSchema');
});

test('tools/call returns text and structuredContent, which is the record itself for a record', async () => {
  const { connection } = await sample();
  expect(await say(connection, 'fn__sum', '{"a":2,"b":3}')).toBe(`{${text('5')},"structuredContent":{"result":5}}`);
  const greeting = 'Åsa "🙂"\n';
  const said = await say(connection, 'fn__echo', JSON.stringify({ text: greeting }));
  expect(JSON.parse(said)).toEqual({
    content: [{ type: 'text', text: greeting }],
    structuredContent: { result: greeting },
  });
  expect(await say(connection, 'fn__point', '{"x":1,"y":9007199254740993}')).toBe(
    `{${text('{"x":1,"y":"9007199254740993"}')},"structuredContent":{"x":1,"y":"9007199254740993"}}`,
  );
});

test('tools/call accepts positional arguments, and a parameter called args by name', async () => {
  const { connection } = await sample();
  expect(await say(connection, 'fn__sum', '{"args":[9007199254740993,0]}')).toContain('"9007199254740993"');
  expect(await say(connection, 'fn__args', '{"args":[1,2]}')).toContain('"structuredContent":{"result":[1,2]}');
});

test('an Err is a tool error with its text, and its value in _meta', async () => {
  const { connection } = await sample();
  expect(await say(connection, 'fn__parse')).toBe(`{${text('bad')},"isError":true,"_meta":{"clarity/err":"bad"}}`);
});

test.each<[string, string, string, string]>([
  ['W08 a trap', 'fn__boom', '{}', 'WASM_TRAP'],
  ['a pointer to nowhere', 'fn__astray', '{}', 'WASM_ABI'],
  ['W18 a missing argument', 'fn__sum', '{"a":1}', 'ARGUMENTS_INVALID'],
  ['W18 an argument of another type', 'fn__echo', '{"text":5}', 'ARGUMENTS_INVALID'],
])('%s is a tool error, and the next call succeeds', async (_, tool, args, code) => {
  const { connection, lost } = await sample();
  const said = await say(connection, tool, args);
  expect(JSON.parse(said)).toMatchObject({ isError: true, _meta: { 'clarity/error': { code } } });
  if (code === 'ARGUMENTS_INVALID') expect(said).toMatch(/\b(b|text)\b/);
  expect(await say(connection, 'fn__sum', '{"a":2,"b":3}')).toContain('"result":5');
  expect(lost).toEqual([]);
});

test('W01 the deadline of the manifest ends a call, or a shorter deadline of the caller', async () => {
  const connector = withFiles(new Files(sampleWasm, sampleDocument));
  const { connection } = await open(connector, manifestOf(undefined, 200));
  expect(await say(connection, 'fn__spin')).toContain('it ran for 200 ms');
  const reply = await ask(connection, 'tools/call', { name: '"fn__spin"' }, { totalMs: 50 });
  expect('result' in reply && reply.result.text).toContain('it ran for 50 ms');
});

test('log lines of a function go to the log of the service in order', async () => {
  const { connection, lines } = await sample();
  for (const line of ['one', 'two', 'three']) {
    expect(await say(connection, 'fn__say', JSON.stringify({ text: line }))).toBe(`{${text('(no output)')}}`);
  }
  expect(lines).toEqual(['one', 'two', 'three']);
});

test('a failure goes to the log of the service without the arguments', async () => {
  const { connection, lines } = await sample();
  await say(connection, 'fn__boom');
  await say(connection, 'fn__sum', '{"a":"no-number-7531"}');
  expect(lines).toEqual(['Call of fn__boom failed: the function trapped (WASM_TRAP)']);
});

test('a reply over maxReplyBytes is a tool error', async () => {
  const { connection } = await sample();
  const params = { name: '"fn__echo"', arguments: JSON.stringify({ text: 'x'.repeat(5_000) }) };
  const reply = await ask(connection, 'tools/call', params, { maxReplyBytes: 1_000 });
  expect(reply).toMatchObject({ isError: true });
  expect('result' in reply && reply.result.text).toContain('PAYLOAD_TOO_LARGE');
  expect(await ask(connection, 'tools/list', {}, { maxReplyBytes: 1_000 })).toMatchObject({ error: { code: -32603 } });
});

test('health_check and describe_service return results, unknown tools and methods protocol errors', async () => {
  const { connection } = await sample();
  const id = deriveServiceId(manifestOf());
  expect(await say(connection, 'health_check')).toContain(`Service ${id} is running with health=HEALTHY`);
  expect(await say(connection, 'describe_service')).toContain(sha256Hex(sampleWasm));
  expect(await ask(connection, 'tools/call', { name: '"fn__nope"' })).toMatchObject({ error: { code: -32602 } });
  expect(await ask(connection, 'resources/list')).toMatchObject({ error: { code: -32601 } });
  await connection.close('test');
  await expect(ask(connection, 'ping')).rejects.toMatchObject({ failure: { code: 'SERVICE_STOPPED' } });
});

test('an ended worker is replaced, and onClose is called once when no worker can be started', async () => {
  const threads = new Threads();
  const host = testHost({ startThread: threads.start, maxWorkers: 1, idleMs: 10 });
  const { connection, lost } = await open(withFiles(new Files(sampleWasm, sampleDocument), host));
  const ended = async (): Promise<void> => {
    while (host.stats.live > 0) await new Promise((resolve) => setTimeout(resolve, 10));
  };
  for (let round = 0; round < 2; round += 1) {
    expect(await say(connection, 'fn__sum', '{"a":2,"b":3}')).toContain('"result":5');
    await ended();
  }
  threads.broken = true;
  await expect(say(connection, 'fn__boom')).rejects.toMatchObject({ failure: { code: 'SERVICE_START_FAILED' } });
  await expect(say(connection, 'fn__boom')).rejects.toMatchObject({ failure: { code: 'SERVICE_STOPPED' } });
  expect(lost).toEqual([expect.stringContaining('its worker does not start')]);
});
