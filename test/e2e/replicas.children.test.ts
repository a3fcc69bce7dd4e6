import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { missingServer } from '../support/postgres-server.ts';
import { callAt, Replicas, within } from '../support/replicas.ts';
import { tcpBalancer, type TcpBalancer } from '../support/tcp-balancer.ts';

const missing = missingServer({ own: true });
const suite = missing === undefined ? describe : describe.skip;
/** Duration of a lease, one second, and three seconds for a start on a machine that other suites share. */
const TAKEN_OVER_MS = 6_000 + 1_000 + 3_000;

/** Three times the promise. */
const RECOVERED_MS = 15_000;

/** A server over stdio that says who it is, writes a log line, and reports progress. */
const SERVER = `
const lines = require('node:readline').createInterface({ input: process.stdin });
const send = (message) => process.stdout.write(JSON.stringify({ jsonrpc: '2.0', ...message }) + '\\n');
process.stderr.write('child ' + process.pid + ' is here\\n');
const tool = (name) => ({ name, inputSchema: { type: 'object' }, annotations: { readOnlyHint: true } });
lines.on('line', (line) => {
  const { id, method, params } = JSON.parse(line);
  const reply = (result) => send({ id, result });
  const text = (value) => reply({ content: [{ type: 'text', text: String(value) }] });
  if (method === 'initialize')
    reply({ protocolVersion: '2025-11-25', capabilities: { tools: {} }, serverInfo: { name: 'child', version: '1' } });
  else if (method === 'tools/list') reply({ tools: [tool('pid'), tool('slow')] });
  else if (method === 'tools/call' && params.name === 'pid') text(process.pid);
  else if (method === 'tools/call') {
    const progressToken = params._meta && params._meta.progressToken;
    send({ method: 'notifications/progress', params: { progressToken, progress: 1 } });
    setTimeout(() => text(process.pid), 1500);
  } else if (id !== undefined) reply({});
});
lines.on('close', () => process.exit(0));
`;

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

suite(
  missing === undefined ? 'children of several daemons' : `children of several daemons (skipped: ${missing})`,
  () => {
    let replicas: Replicas;
    let balancer: TcpBalancer;
    /** Processes that were seen, to count those that live. */
    const seen = new Set<number>();

    const pidAt = async (index: number): Promise<number> => {
      const text = await replicas.call(index, 'child__pid');
      if (!/^\d+$/.test(text)) throw new Error(text);
      seen.add(Number(text));
      return Number(text);
    };
    const portOf = (index: number): number => Number(new URL(replicas.at(index).url).port);
    const living = (): readonly number[] =>
      replicas.daemons.flatMap(({ program }, index) => (isAlive(program.pid) ? [index] : []));
    /** The daemon that is the parent of the child. */
    const ownerOf = async (pid: number, indexes: readonly number[]): Promise<number> => {
      let parent = pid;
      // There may be a guard process between the daemon and its child.
      for (let level = 0; level < 4; level += 1) {
        const found = indexes.find((index) => replicas.at(index).program.pid === parent);
        if (found !== undefined) return found;
        const stat = await readFile(`/proc/${String(parent)}/stat`, 'utf8');
        parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
      }
      throw new Error(`no daemon has the child ${String(pid)}`);
    };

    beforeAll(async () => {
      replicas = await Replicas.start(3);
      balancer = await tcpBalancer([0, 1, 2].map(portOf));
      const script = await replicas.folder.write('child.cjs', SERVER);
      await replicas.at(0).json('add-process', 'child', '--', process.execPath, script);
    });
    afterAll(async () => {
      await balancer[Symbol.asyncDispose]();
      await replicas[Symbol.asyncDispose]();
    });

    test('a child has one process, which every daemon and the balancer call', async () => {
      for (const index of [0, 1, 2]) await within(5_000, () => replicas.call(index, 'child__pid'), /^\d+$/);
      const pids = new Set(await Promise.all([0, 1, 2].map(pidAt)));
      expect(pids.size).toBe(1);
      const url = `http://127.0.0.1:${String(balancer.port)}/mcp`;
      const balanced = await Promise.all(Array.from({ length: 6 }, () => callAt(url, 'child__pid')));
      expect(new Set(balanced)).toEqual(new Set([...pids].map(String)));
    });

    test('its log is read at every daemon', async () => {
      const pid = await pidAt(0);
      for (const index of [0, 1, 2]) {
        const { stdout } = await replicas.at(index).ctl('logs', 'child');
        expect([index, stdout]).toEqual([index, expect.stringContaining(`child ${String(pid)} is here`)]);
      }
    });

    test('T-586 an owner that is killed loses no safe call, and another daemon takes over', async () => {
      const pid = await pidAt(0);
      const owner = await ownerOf(pid, [0, 1, 2]);
      const others = [0, 1, 2].filter((index) => index !== owner);
      const calls = others.map((index) => replicas.call(index, 'child__slow'));
      await new Promise((resolve) => setTimeout(resolve, 300));
      await replicas.at(owner).end('SIGKILL');
      const answers = await Promise.all(calls);
      expect(new Set(answers).size).toBe(1);
      expect(answers[0]).toMatch(/^\d+$/);
      expect(Number(answers[0])).not.toBe(pid);
      const [first = 0] = others;
      expect(String(await pidAt(first))).toBe(answers[0]);
      await within(3_000, () => Promise.resolve(String(isAlive(pid))), 'false');
      const started = await replicas.add();
      expect(started.url).toMatch(/^http/);
      await within(5_000, () => replicas.call(3, 'child__pid'), answers[0] ?? '');
    });

    test('T-586 an owner that is paused is fenced: another daemon takes over, and after the pause there is one process', async () => {
      const indexes = living();
      const [first = 0] = indexes;
      const pid = await pidAt(first);
      const owner = await ownerOf(pid, indexes);
      const [other = 0] = indexes.filter((index) => index !== owner);
      replicas.at(owner).program.kill('SIGSTOP');
      const isOther = new RegExp(`^(?!${String(pid)}$)\\d+$`);
      await within(TAKEN_OVER_MS, () => replicas.call(other, 'child__pid'), isOther);
      const next = await pidAt(other);
      // The paused daemon has a request in its socket when it wakes.
      const late = replicas.call(owner, 'child__pid');
      replicas.at(owner).program.kill('SIGCONT');
      expect(await late).toBe(String(next));
      await within(5_000, () => Promise.resolve(String(isAlive(pid))), 'false');
      expect([...seen].filter(isAlive)).toEqual([next]);
    });

    test('T-587 without the database for longer than a lease the child goes on, and has one process afterwards', async () => {
      const indexes = living();
      const pid = await pidAt(indexes[0] ?? 0);
      await replicas.database.crash();
      const outcomes = new Set<string>();
      const until = Date.now() + 8_000;
      for (let turn = 0; Date.now() < until; turn += 1) {
        outcomes.add(await replicas.call(indexes[turn % indexes.length] ?? 0, 'child__pid'));
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      expect([...outcomes]).toEqual([String(pid)]);
      await replicas.database.start();
      for (const index of indexes) await within(RECOVERED_MS, () => replicas.call(index, 'child__pid'), /^\d+$/);
      const pids = new Set(await Promise.all(indexes.map(pidAt)));
      await within(RECOVERED_MS, () => Promise.resolve(String([...seen].filter(isAlive))), String([...pids]));
    });
  },
);
