import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { embeddedCaller, type Runtime } from '@clarity-runtime/core';
import { tenantServer } from '../support/tenant-server.ts';

const SERVERS = {
  wiki: { url: 'https://wiki.example.com/mcp', headers: { Authorization: 'Bearer CANARYwiki0123456789' } },
  files: { command: 'files-mcp' },
};

const namespaces = ({ services }: Runtime, tenant: string): readonly string[] =>
  services.list({ ...embeddedCaller, tenant }).map(({ service }) => service.namespace);
const secrets = ({ secrets: store }: Runtime, tenant: string) => store.list({ ...embeddedCaller, tenant });

test('T-588 import --tenant registers servers and secrets in that tenant, and only its undo removes them', async () => {
  await using user = await tenantServer();
  const { own, acme } = user;
  const path = join(user.home, '.cursor/mcp.json');
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, JSON.stringify({ mcpServers: SERVERS }));
  const done = await user.ctl('import', '--tenant', 'acme', '--yes', '--no-start', '--json');
  const { id, results } = JSON.parse(done.stdout) as {
    id: string;
    results: { name: string; ok: boolean; error?: string }[];
  };
  expect(results.map(({ name, ok }) => [name, ok])).toEqual([
    ['wiki', true],
    ['files', false],
  ]);
  expect([namespaces(own, 'default'), namespaces(acme, 'acme')]).toEqual([[], ['wiki']]);
  const [ofOwn, ofAcme] = [await secrets(own, 'default'), await secrets(acme, 'acme')];
  expect([JSON.stringify(ofOwn).includes('import/'), JSON.stringify(ofAcme).includes('import/wiki')]).toEqual([
    false,
    true,
  ]);
  const wrong = await user.ctl('import', 'undo', id);
  expect(wrong).toMatchObject({ exitCode: 1, text: expect.stringContaining('--tenant acme') });
  expect(namespaces(acme, 'acme')).toEqual(['wiki']);
  // The daemon undoes imports of its own tenant only, and lists no other ones.
  const listed = await (await fetch(`${user.url}/api/import`)).text();
  expect(listed).not.toContain(id);
  expect(await user.ctl('import', 'undo', id, '--tenant', 'acme')).toMatchObject({ exitCode: 0 });
  expect(namespaces(acme, 'acme')).toEqual([]);
  expect(JSON.stringify(await secrets(acme, 'acme'))).not.toContain('import/');
  expect(JSON.parse(await readFile(path, 'utf8'))).toEqual({ mcpServers: SERVERS });
});
