import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { expect, test } from '@jest/globals';
import { PLACES, userWithClients, type PlanJson } from '../support/client-user.ts';

test('[first-hour.07] imported tokens are references to the secret store, and no other file of the user has them', async () => {
  await using user = await userWithClients();
  const { json } = await user.ctl('import', '--yes');
  expect(json).toMatchObject({ ok: true });
  expect(JSON.stringify(user.daemon.admitted)).not.toContain('CANARY');
  expect(JSON.stringify(user.daemon.admitted).match(/file:import\//g)?.length).toBeGreaterThanOrEqual(7);
  const own = new Set(Object.values(PLACES));
  for (const entry of await readdir(user.home, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (!entry.isFile() || own.has(relative(user.home, path))) continue;
    expect([path, (await readFile(path, 'latin1')).includes('CANARY')]).toEqual([path, false]);
  }
});

test('[first-hour.11] a broken file is named with line and column, the others are imported, and the exit code is 1', async () => {
  await using user = await userWithClients();
  const whole = (await user.ctl('import', '--dry-run')).json as unknown as PlanJson;
  await writeFile(join(user.home, '.codex/config.toml'), '[mcp_servers.a]\ncommand = "x\n');
  const planned = await user.ctl('import', '--dry-run');
  expect([planned.exitCode, planned.json]).toMatchObject([1, { ok: false }]);
  const { exitCode, json } = await user.ctl('import', '--yes');
  expect(exitCode).toBe(1);
  const { servers, results, files } = json as unknown as PlanJson & {
    readonly results: readonly { readonly ok: boolean }[];
    readonly files: readonly { readonly path: string; readonly problem?: string }[];
  };
  const broken = files.filter(({ problem }) => problem !== undefined);
  expect(broken).toEqual([
    expect.objectContaining({ client: 'codex', problem: expect.stringMatching(/^line 2, column \d+: not valid TOML/) }),
  ]);
  const codex = JSON.parse(JSON.stringify(whole)) as { servers: readonly { from: readonly { client: string }[] }[] };
  const others = codex.servers.filter(({ from }) => from.some(({ client }) => client !== 'codex'));
  expect(servers).toHaveLength(others.length);
  expect(results.map(({ ok }) => ok)).toEqual(servers.filter(({ action }) => action === 'new').map(() => true));
});
