import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { fakeDaemon } from '../support/fake-daemon.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** A user with a configuration of Cursor, a daemon, and the findings of its doctor. */
async function userWith(mcpServers: object) {
  const folder = await temporaryFolder();
  const daemon = await fakeDaemon();
  const path = join(folder.path, '.cursor/mcp.json');
  const write = async (servers: object): Promise<void> => {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, JSON.stringify({ mcpServers: servers }));
  };
  await write(mcpServers);
  const ctl = (...argv: string[]) =>
    daemon.ctl(argv, { cwd: folder.path, env: { HOME: folder.path, PATH: '/usr/bin:/bin' } });
  return {
    ...{ daemon, write, ctl, home: folder.path },
    clients: async () => {
      const { stdout } = await ctl('doctor');
      const { findings } = JSON.parse(stdout) as { findings: readonly { id: string; text: string; fix?: string }[] };
      return { stdout, found: findings.filter(({ id }) => id === 'D8') };
    },
    [Symbol.asyncDispose]: async () => {
      await daemon[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

const own = (...words: readonly string[]) => {
  const [command, ...args] = [...words, 'gateway', 'serve', '--stdio'];
  return { command, args };
};

test('D8 doctor names entries whose program is gone, in the cache of npx, or of another daemon', async () => {
  await using user = await userWith({ clarity_gateway: own('/absent/node', '/absent/clarityctl.js') });
  expect((await user.clients()).found).toMatchObject([
    {
      text: expect.stringContaining('starts /absent/node, which does not exist'),
      fix: '`clarityctl bootstrap --clients cursor`',
    },
  ]);
  await user.write({
    clarity_gateway: own('/usr/bin/env', '/home/u/.npm/_npx/1/node_modules/clarity-runtime/bin/clarityctl.js'),
  });
  expect((await user.clients()).found[0]).toMatchObject({
    text: expect.stringContaining('in the cache of npx'),
    fix: expect.stringContaining('clarity-runtime up'),
  });
  const { command, args } = own('/usr/bin/env', 'clarityctl');
  await user.write({ clarity_gateway: { command, args: [...args, '--daemon-url', 'http://127.0.0.1:9'] } });
  expect((await user.clients()).found[0]?.text).toContain('uses the daemon at http://127.0.0.1:9');
  await user.write({ clarity_gateway: { command, args: [...args, '--daemon-url', user.daemon.url] } });
  expect((await user.clients()).found).toEqual([]);
});

test('D8 doctor names own copies of imported servers and plain tokens, without their values', async () => {
  const github = { command: 'npx', args: ['-y', 'github-mcp'], env: { GITHUB_TOKEN: 'Canary-5512-token' } };
  await using user = await userWith({ github });
  expect((await user.ctl('import', '--yes')).exitCode).toBe(0);
  await user.write({ github, clarity_gateway: own('/usr/bin/env', 'clarityctl', '--daemon-url', user.daemon.url) });
  const { stdout, found } = await user.clients();
  expect(found).toMatchObject([
    {
      text: expect.stringContaining("still starts its own 'github' beside the service github"),
      fix: '`clarityctl import --from cursor --only github --rewire --yes`',
    },
    { text: expect.stringContaining("has GITHUB_TOKEN of 'github' as plain text") },
  ]);
  expect(stdout).not.toContain('Canary');
});

test('D7 doctor names an import that was interrupted', async () => {
  await using user = await userWith({ files: { command: 'files-mcp' } });
  await user.ctl('import', '--yes');
  const [record] = (JSON.parse((await user.ctl('import', 'list')).stdout) as { imports: { id: string }[] }).imports;
  const path = join(user.home, '.local/state/clarity/imports', record?.id ?? '', 'import.json');
  await writeFile(path, (await readFile(path, 'utf8')).replace('"isComplete": true', '"isComplete": false'));
  const { findings } = JSON.parse((await user.ctl('doctor')).stdout) as {
    findings: readonly { id: string; text: string }[];
  };
  expect(findings).toContainEqual(
    expect.objectContaining({ id: 'D7', text: `the import ${record?.id ?? ''} was interrupted` }),
  );
});
