import { createServer, type AddressInfo } from 'node:net';
import { readdir } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { connectStock } from '../support/stock-clients.ts';
import { runProgram } from '../support/program.ts';
import { temporaryWorkspace } from '../support/workspace.ts';

/** Returns a port that is free at the moment. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

test('[start.one-command] `clarityc start` starts daemon and service, `clarityctl daemon stop` ends them', async () => {
  await using workspace = await temporaryWorkspace();
  await workspace.write(
    'hello.clarity',
    'module hello\n\n// Greets.\nfunction greet(name: String) -> String { "Hi " ++ name }\n',
  );
  await workspace.write('clarity.json', '{"module":"greeter","name":"The greeter","other":1}');
  const url = `http://127.0.0.1:${String(await freePort())}`;
  const options = { cwd: workspace.path, env: { CLARITYD_URL: url } };
  const refused = await runProgram('clarityc', ['start', '--no-daemon'], options);
  expect(refused).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('no daemon listens') });
  expect((await runProgram('clarityctl', ['daemon', 'status'], options)).exitCode).toBe(1);
  const started = await runProgram('clarityc', ['start'], options);
  try {
    expect(started).toMatchObject({ exitCode: 0, stderr: expect.stringContaining(`clarityd was started at ${url}`) });
    expect(JSON.parse(started.stdout)).toMatchObject({
      namespace: 'greeter',
      tools: expect.arrayContaining(['fn__greet']),
      endpoint: `${url}/mcp`,
    });
    const client = await connectStock(`${url}/mcp`);
    expect((await client.call('greeter__fn__greet', { name: 'you' })).structuredContent).toEqual({ result: 'Hi you' });
    await client.close();
    const again = await runProgram('clarityc', ['run', 'hello.clarity'], options);
    expect(again).toMatchObject({ exitCode: 0, stderr: '' });
    expect((await readdir(workspace.path)).sort()).toEqual(['.clarity', 'clarity.json', 'hello.clarity']);
  } finally {
    const stopped = await runProgram('clarityctl', ['daemon', 'stop'], options);
    expect(stopped).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('"stopped": true') });
  }
  expect((await runProgram('clarityctl', ['daemon', 'status'], options)).exitCode).toBe(1);
});

test('clarityc start prints the error of a daemon that cannot start', async () => {
  await using workspace = await temporaryWorkspace();
  await workspace.write('hello.clarity', 'module hello\n\nfunction one() -> Int64 { 1 }\n');
  await workspace.write('.clarity/runtime/registry.json', '{"half":');
  const env = { CLARITYD_URL: `http://127.0.0.1:${String(await freePort())}` };
  const { exitCode, stderr } = await runProgram('clarityc', ['start'], { cwd: workspace.path, env });
  expect(exitCode).toBe(1);
  expect(stderr).toContain('clarityd did not start');
  expect(stderr).toContain('registry.json');
});
