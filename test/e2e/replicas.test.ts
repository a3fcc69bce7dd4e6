import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startClarityd, type Clarityd } from '../support/clarityd.ts';
import { missingServer, startPostgres, type PostgresServer } from '../support/postgres-server.ts';
import { runProgram } from '../support/program.ts';
import { modernRawClient } from '../support/raw-client.ts';
import { legacyRemote, type RemoteService } from '../support/remote-services.ts';
import { temporaryWorkspace, type Workspace } from '../support/workspace.ts';

const missing = missingServer({ own: true });
const suite = missing === undefined ? describe : describe.skip;
/** Three times the promise, because other suites share the machine. */
const CONVERGED_MS = 3_000;
const RECOVERED_MS = 15_000;

suite(missing === undefined ? 'daemons over one database' : `daemons over one database (skipped: ${missing})`, () => {
  let database: PostgresServer;
  let remote: RemoteService;
  const workspaces: Workspace[] = [];
  const daemons: Clarityd[] = [];
  let options: { readonly cwd: string; readonly env: Readonly<Record<string, string>> };
  const daemon = (index: number): Clarityd => {
    const found = daemons[index];
    if (found === undefined) throw new Error(`no daemon ${String(index)}`);
    return found;
  };
  const call = async (index: number, tool: string): Promise<string> => {
    const { result, error } = await modernRawClient(`${daemon(index).url}/mcp`).request('tools/call', {
      name: tool,
      arguments: { text: 'hello' },
    });
    return result?.includes('"hello"') === true ? 'called' : (error ?? result ?? '');
  };
  const start = async (): Promise<void> => {
    const workspace = await temporaryWorkspace();
    workspaces.push(workspace);
    daemons.push(await startClarityd({ ...options, cwd: workspace.path }));
  };

  beforeAll(async () => {
    [database, remote] = [await startPostgres({ own: true }), await legacyRemote()];
    const folder = await temporaryWorkspace();
    workspaces.push(folder);
    const key = await folder.write('cluster.key', randomBytes(32).toString('hex'));
    options = { cwd: folder.path, env: { CLARITY_STORE: await database.database(), CLARITY_KEY_FILE: key } };
  });
  afterAll(async () => {
    for (const each of daemons) await each.end('SIGKILL');
    await remote[Symbol.asyncDispose]();
    for (const workspace of workspaces) await workspace[Symbol.asyncDispose]();
    await database.stop();
  });

  test('a start without a schema says what to run; two upgrades leave one schema', async () => {
    const refused = await runProgram('clarityd', ['--port', '0'], options);
    expect([refused.exitCode, refused.stderr]).toEqual([3, expect.stringContaining('clarityctl store upgrade')]);
    const withoutKey = { ...options, env: { CLARITY_STORE: options.env['CLARITY_STORE'] ?? '' } };
    expect((await runProgram('clarityd', ['--port', '0'], withoutKey)).stderr).toContain('--key-file');
    for (const count of [1, 2]) {
      const { exitCode, stderr, stdout } = await runProgram('clarityctl', ['store', 'upgrade', '-o', 'json'], options);
      expect([count, exitCode, stderr]).toEqual([count, 0, '']);
      const { steps } = JSON.parse(stdout) as { readonly steps: readonly string[] };
      expect(steps.length > 0).toBe(count === 1);
    }
  });

  test('T-583 a service that one daemon registers is callable, denied and removed on the others', async () => {
    await Promise.all([start(), start(), start()]);
    await daemon(0).json('add-remote', '--endpoint', remote.url, '--module', 'shared');
    for (const index of [0, 1, 2]) await within(CONVERGED_MS, () => call(index, 'shared__echo'), 'called');
    const apply = async (on: number, denyTools: readonly string[]): Promise<void> => {
      const policy = {
        apiVersion: 'clarity.runtime/v1',
        kind: 'Policy',
        metadata: { name: 'default' },
        spec: { denyTools },
      };
      const file = await workspaces[0]?.write('policy.json', JSON.stringify(policy));
      await daemon(on).json('apply', '-f', file ?? '');
    };
    await apply(0, ['echo']);
    for (const index of [1, 2]) await within(CONVERGED_MS, () => call(index, 'shared__echo'), /denied/);
    await apply(1, ['another_tool']);
    for (const index of [0, 2]) await within(CONVERGED_MS, () => call(index, 'shared__echo'), 'called');
  });

  test('a session that one daemon opened goes on at another one', async () => {
    const headers = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
    const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'raw', version: '1' } };
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params });
    const opened = await fetch(`${daemon(0).url}/mcp`, { method: 'POST', headers, body });
    const session = opened.headers.get('mcp-session-id') ?? '';
    expect([opened.status, session === '']).toEqual([200, false]);
    const listed = await fetch(`${daemon(1).url}/mcp`, {
      method: 'POST',
      headers: { ...headers, 'mcp-session-id': session, 'mcp-protocol-version': '2025-11-25' },
      body: JSON.stringify({ jsonrpc: '2.0', id: 2, method: 'tools/list' }),
    });
    expect([listed.status, (await listed.text()).includes('shared__echo')]).toEqual([200, true]);
  });

  test('T-584 without the database calls go on, changes are refused, and the audit is complete afterwards', async () => {
    await database.crash();
    const outcomes: string[] = [];
    for (let turn = 0; turn < 20; turn += 1) outcomes.push(await call(turn % 3, 'shared__echo'));
    expect(new Set(outcomes)).toEqual(new Set(['called']));
    const refused = await daemon(1).ctl('add-remote', '--endpoint', remote.url, '--module', 'late');
    expect([refused.exitCode, refused.stderr + refused.stdout]).toEqual([1, expect.stringMatching(/store/i)]);
    await database.start();
    await within(
      RECOVERED_MS,
      async () => {
        const { exitCode } = await daemon(1).ctl('add-remote', '--endpoint', remote.url, '--module', 'late');
        return String(exitCode);
      },
      '0',
    );
    for (const index of [0, 2]) await within(CONVERGED_MS, () => call(index, 'late__echo'), 'called');
    await within(
      RECOVERED_MS,
      async () => {
        const audit = await fetch(`${daemon(2).url}/api/audit?kind=service.tool_called&limit=500`);
        const { items } = (await audit.json()) as { readonly items: readonly { readonly id: string }[] };
        // The calls of all daemons in the outage, and the successful ones before and after.
        return items.length >= 20 + 5 && new Set(items.map(({ id }) => id.split('/')[0])).size === 3
          ? 'complete'
          : String(items.length);
      },
      'complete',
    );
    expect((await daemon(2).ctl('audit', 'verify')).exitCode).toBe(0);
  });

  test('a daemon that is killed loses no acknowledged change', async () => {
    await daemon(0).json('remove', 'late');
    await daemon(0).end('SIGKILL');
    for (const index of [1, 2]) {
      await within(
        CONVERGED_MS,
        async () => ((await call(index, 'late__echo')) === 'called' ? 'called' : 'gone'),
        'gone',
      );
      expect(await call(index, 'shared__echo')).toBe('called');
    }
  });
});

/** Repeats until the result fits. Rejects with the last result after `ms`. */
async function within(ms: number, work: () => Promise<string>, wanted: string | RegExp): Promise<void> {
  const deadline = Date.now() + ms;
  for (;;) {
    const found = await work();
    if (typeof wanted === 'string' ? found === wanted : wanted.test(found)) return;
    if (Date.now() > deadline) throw new Error(`after ${String(ms)} ms still: ${found}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
