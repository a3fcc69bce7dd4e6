import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { startClarityd } from '../support/clarityd.ts';
import { startProgram, type RunningProgram } from '../support/program.ts';
import { repository, temporaryWorkspace } from '../support/workspace.ts';

/** An MCP server without tools that logs its process id at start. */
const SERVICE = `
  console.error('here is ' + process.pid);
  require('readline').createInterface({ input: process.stdin }).on('line', (line) => {
    const { id, method } = JSON.parse(line);
    const info = { protocolVersion: '2025-06-18', capabilities: {}, serverInfo: { name: 'x', version: '1' } };
    const error = { code: -32601, message: 'no' };
    const answer = method === 'initialize' ? { result: info } : { error };
    if (id !== undefined) console.log(JSON.stringify({ jsonrpc: '2.0', id, ...answer }));
  });
`;

const linesOf = (program: RunningProgram): readonly string[] => program.stdout().trimEnd().split('\n');

/** The two commands poll at different times. */
const upToLastStart = (lines: readonly string[]): readonly string[] =>
  lines.slice(0, lines.findLastIndex((line) => line.includes('here is')) + 1);

const seqOf = (line: string): number => (JSON.parse(line) as { seq: number }).seq;

test('[first-hour.35] logs --follow and events --follow continue after a restart of the daemon and end with Ctrl-C', async () => {
  await using workspace = await temporaryWorkspace();
  const options = { cwd: workspace.path };
  await using daemon = await startClarityd(options);
  await workspace.write('service.cjs', SERVICE);
  await daemon.json('add-process', 'talker', '--', process.execPath, join(workspace.path, 'service.cjs'));

  const follower = (...argv: string[]): RunningProgram =>
    startProgram('clarityctl', argv, { ...options, env: { CLARITYD_URL: daemon.url } });
  const events = follower('events', '--follow', '--json');
  const ofOne = follower('events', 'talker', '--follow', '--limit', '1');
  const plain = follower('logs', 'talker', '--follow');
  const json = follower('logs', 'talker', '--follow', '--json');
  const all = [events, ofOne, plain, json];
  await events.says(/"service\.started"/);
  await ofOne.says(/"kind"/);
  await plain.says(/here is/);
  await json.says(/here is/);

  await daemon.json('restart', 'talker');
  await ofOne.says(/"service\.restarted"/);
  await plain.says(/(here is[\s\S]*){2}/);

  await daemon.end();
  const again = startProgram('clarityd', ['--port', new URL(daemon.url).port], options);
  await again.says(/^clarityd listening/m);
  await events.says(/"runtime\.stopped"[\s\S]*"runtime\.started"[\s\S]*"service\.started"/);
  await ofOne.says(/service\.restarted"[\s\S]*service\.started"/);
  await plain.says(/(here is[\s\S]*){3}/);
  await json.says(/(here is[\s\S]*){3}/);

  for (const program of all) program.kill('SIGINT');
  for (const program of all) {
    const { exitCode, signal, stderr } = await program.ended;
    expect([exitCode, signal]).toEqual([null, 'SIGINT']);
    expect(stderr).toMatch(/^(note: [^\n]*\n){0,2}$/);
  }
  const seen = linesOf(events).map(seqOf);
  expect(seen).toEqual([...new Set(seen)].sort((a, b) => a - b));
  expect(new Set(linesOf(plain)).size).toBe(linesOf(plain).length);
  const written = linesOf(json).map((line) => (JSON.parse(line) as { line: string }).line);
  expect(upToLastStart(written)).toEqual(upToLastStart(linesOf(plain)));
  const ids = linesOf(ofOne).map((line) => (JSON.parse(line) as { serviceId: string }).serviceId);
  expect(new Set(ids).size).toBe(1);
  again.kill('SIGTERM');
  expect((await again.ended).exitCode).toBe(0);
});

test('logs --follow and events --follow exit silently when their reader closes the pipe', async () => {
  await using workspace = await temporaryWorkspace();
  await using daemon = await startClarityd({ cwd: workspace.path });
  await workspace.write('service.cjs', SERVICE);
  await daemon.json('add-process', 'talker', '--', process.execPath, join(workspace.path, 'service.cjs'));
  const followers = [
    ['events', '--follow'],
    ['logs', 'talker', '--follow'],
  ].map(async (argv) => {
    const program = join(repository, 'packages/cli/bin/clarityctl.js');
    const env = { ...process.env, CLARITYD_URL: daemon.url };
    const child = spawn(process.execPath, [program, ...argv], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let stderr = '';
    child.stderr.on('data', (bytes: Buffer) => (stderr += bytes.toString()));
    await once(child.stdout, 'data');
    child.stdout.destroy();
    const ended = once(child, 'exit').then(([exitCode, signal]) => [exitCode, signal, stderr] as const);
    return { ended };
  });
  const unread = await Promise.all(followers);
  await daemon.json('restart', 'talker');
  for (const { ended } of unread) expect(await ended).toEqual([0, null, '']);
});
