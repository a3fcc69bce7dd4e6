import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startClarityd, type Clarityd } from '../support/clarityd.ts';
import { missingServer, startPostgres, type PostgresServer } from '../support/postgres-server.ts';
import { runProgram, type Ended } from '../support/program.ts';
import { callAt, within } from '../support/replicas.ts';
import { legacyRemote, type RemoteService } from '../support/remote-services.ts';
import { repository, temporaryWorkspace, type Workspace } from '../support/workspace.ts';

const missing = missingServer();
const suite = missing === undefined ? describe : describe.skip;
const STARTED_MS = 30_000;

suite(missing === undefined ? 'moves of a workspace' : `moves of a workspace (skipped: ${missing})`, () => {
  let database: PostgresServer;
  let remote: RemoteService;
  let url = '';
  let keyFile = '';
  let first: Workspace;
  const workspaces: Workspace[] = [];
  let running: Clarityd | undefined;

  const folder = async (): Promise<Workspace> => {
    const made = await temporaryWorkspace();
    workspaces.push(made);
    return made;
  };
  const stop = async (): Promise<void> => {
    await running?.end();
    running = undefined;
  };
  const start = async (workspace: Workspace, env: Readonly<Record<string, string>> = {}): Promise<Clarityd> => {
    await stop();
    return (running = await startClarityd({ cwd: workspace.path, env }));
  };
  const store = (...argv: string[]): Promise<Ended> =>
    runProgram('clarityctl', ['store', ...argv, '-o', 'json'], {
      cwd: first.path,
      env: { CLARITY_STORE: url, CLARITY_KEY_FILE: keyFile },
    });
  const migrate = async (...argv: string[]): Promise<unknown> => {
    const { exitCode, stdout, stderr } = await store('migrate', ...argv);
    if (exitCode !== 0) throw new Error(stderr);
    return (JSON.parse(stdout) as { readonly counts: unknown }).counts;
  };
  /** State of the daemon as its user sees it. */
  const stateOf = async (daemon: Clarityd): Promise<unknown> => {
    const call = (tool: string, args = {}): Promise<string> => callAt(`${daemon.url}/mcp`, tool, args);
    await within(STARTED_MS, () => call('dice__fn__roll', { dice: '2d6', seed: 1 }), /^(?!error)/);
    await within(STARTED_MS, () => call('far__echo', { text: 'hello' }), /hello/);
    const { items } = (await daemon.json('list', '-o', 'json')) as {
      readonly items: readonly { readonly serviceId: string; readonly namespace: string }[];
    };
    const { stdout: tokens } = await daemon.ctl('token', 'list', '-o', 'name');
    return {
      services: items.map(({ serviceId, namespace }) => [namespace, serviceId]).sort(),
      policies: (await (await fetch(`${daemon.url}/api/policies`)).json()) as unknown,
      tokens,
      denied: /denied/.test(await call('far__add', { a: 1, b: 2 })),
      audit: (await daemon.ctl('audit', 'verify')).exitCode,
    };
  };

  beforeAll(async () => {
    [database, remote, first] = [await startPostgres(), await legacyRemote(), await folder()];
    keyFile = await (await folder()).write('cluster.key', randomBytes(32).toString('hex'));
    url = await database.database();
  });
  afterAll(async () => {
    await stop();
    await remote[Symbol.asyncDispose]();
    for (const workspace of workspaces) await workspace[Symbol.asyncDispose]();
    await database.stop();
  });

  test('services, policies, tokens, modules and audit move from the key of a user to a database, and back to files', async () => {
    const daemon = await start(first);
    await daemon.json('add', join(repository, 'examples/dice/dice.clarity'));
    await daemon.json('add', remote.url, '--module', 'far');
    await daemon.json('token', 'create', 'ann', '--grant', 'call');
    const policy = {
      apiVersion: 'clarity.runtime/v1',
      kind: 'Policy',
      metadata: { name: 'default' },
      spec: { denyTools: ['add'] },
    };
    await daemon.json('apply', '-f', await first.write('policy.json', JSON.stringify(policy)));
    const before = await stateOf(daemon);

    expect((await store('upgrade')).exitCode).toBe(0);
    const refused = await store('migrate', '--from', '.', '--to', url);
    expect([refused.exitCode, refused.stderr]).toEqual([
      1,
      expect.stringContaining('stop the daemon of the workspace'),
    ]);
    await stop();
    const boot = () => readFile(join(first.path, '.clarity/runtime/boot.json'), 'utf8');
    const other = await (await folder()).write('other.key', randomBytes(32).toString('hex'));
    expect(await migrate('--from', '.', '--to', url, '--dry-run')).toMatchObject({ registry: 2, accessTokens: 1 });
    const counts = await migrate('--from', '.', '--to', url);
    expect(counts).toMatchObject({ registry: 2, policies: 1, accessTokens: 1, artifacts: 2 });
    expect(await migrate('--from', '.', '--to', url)).toMatchObject({ registry: 2, policies: 1 });

    const env = { CLARITY_STORE: url, CLARITY_KEY_FILE: keyFile };
    expect(await stateOf(await start(await folder(), env))).toEqual(before);
    await stop();

    const back = await folder();
    await migrate('--from', url, '--to', back.path);
    expect(await stateOf(await start(back, { CLARITY_KEY_FILE: keyFile }))).toEqual(before);
    await stop();

    // A command with a key that marked neither side leaves the trust of the workspace as it is.
    const marked = await boot();
    const home = await folder();
    const stranger = await runProgram('clarityctl', ['store', 'migrate', '--from', first.path, '--to', url], {
      cwd: home.path,
      env: { CLARITY_KEY_FILE: other, XDG_CONFIG_HOME: home.path, XDG_STATE_HOME: home.path },
    });
    expect([stranger.exitCode, stranger.stderr]).toEqual([1, expect.stringContaining('is not trusted')]);
    expect(await boot()).toBe(marked);
    expect(await stateOf(await start(first))).toEqual(before);
  });
});
